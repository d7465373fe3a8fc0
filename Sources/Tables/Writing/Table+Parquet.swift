// A table as Parquet: numbers as doubles, instants as microseconds UTC, categories as
// dictionaries, text as strings; one row group per block of rows.

internal import CArrow

extension Table {
  /// Rows of a row group.
  private static let rowGroupSize = 1 << 18

  /// Writes the whole file to an output that the caller opened and will close.
  func writeParquet(to output: OpaquePointer, at location: DataLocation) throws {
    let schema = LentMemory()
    let fields = columns.map { schema.field($0) }
    let writer = try location.check {
      mlc_parquet_writer_open(output, fields, Int32(fields.count), $0)
    }
    defer { mlc_parquet_writer_free(writer) }
    for start in stride(from: 0, to: rowCount, by: Self.rowGroupSize) {
      let rows = start..<min(rowCount, start + Self.rowGroupSize)
      let block = LentMemory()
      let values = columns.map { block.values($0, rows: rows) }
      try location.check {
        mlc_parquet_writer_append(writer, values, Int64(rows.count), $0) ? () : nil
      }
      withExtendedLifetime(block) {}
    }
    try location.check { mlc_parquet_writer_close(writer, $0) ? () : nil }
    withExtendedLifetime(schema) {}
  }
}

/// Copies that C may read as long as this object lives.
final class LentMemory {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { block.deallocate() } }

  func field(_ column: Column) -> mlc_field {
    var field = mlc_field()
    field.name = lend(Array(column.name.utf8CString))
    switch column.values {
    case .number: field.kind = Int32(MLC_WRITE_NUMBER)
    case .timestamp: field.kind = Int32(MLC_WRITE_TIMESTAMP)
    case .text: field.kind = Int32(MLC_WRITE_TEXT)
    case .category(let category):
      field.kind = Int32(MLC_WRITE_CATEGORY)
      field.levels = lend(strings: category.levels)
    }
    return field
  }

  func values(_ column: Column, rows: Range<Int>) -> mlc_values {
    var values = mlc_values()
    switch column.values {
    case .number(let numbers), .timestamp(let numbers): values.numbers = lend(numbers.doubles(rows))
    case .category(let category): values.codes = lend(Array(category.codes[rows]))
    case .text(let text):
      let strings = rows.map { text[$0] }
      values.codes = lend(strings.map { $0 == nil ? -1 : 0 })
      values.strings = lend(strings: strings.map { $0 ?? "" })
    }
    return values
  }

  func lend(strings: [String]) -> mlc_strings {
    var offsets: [Int64] = [0]
    var characters: [UInt8] = []
    for string in strings {
      characters.append(contentsOf: string.utf8)
      offsets.append(Int64(characters.count))
    }
    return mlc_strings(
      offsets: lend(offsets), characters: lend(characters), count: Int64(strings.count))
  }

  func lend<T: BitwiseCopyable>(_ values: [T]) -> UnsafePointer<T> {
    let size = max(1, values.count) * MemoryLayout<T>.stride
    let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    blocks.append(block)
    values.withUnsafeBytes {
      block.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(block), byteCount: $0.count)
    }
    return UnsafePointer(block.bindMemory(to: T.self, capacity: max(1, values.count)))
  }
}

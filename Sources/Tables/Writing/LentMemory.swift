// Columns as CArrow takes them.

internal import CArrow

/// Copies that C may read as long as this object lives.
final class LentMemory {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { block.deallocate() } }

  func field(_ column: Column) -> mlc_field {
    var field = mlc_field()
    field.name = lend(Array(column.name.utf8CString))
    switch column.values {
    case .number(let numbers):
      field.kind = Int32(
        numbers.wholeNumbers.map { $0.bits == 32 ? MLC_WRITE_INT32 : MLC_WRITE_INT64 }
          ?? MLC_WRITE_NUMBER)
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
    case .number(let numbers) where numbers.wholeNumbers != nil:
      guard let whole = numbers.wholeNumbers else { break }
      values.integers = lend(Array(whole.values[rows]))
      if !whole.isMissing.isEmpty { values.codes = lend(whole.isMissing[rows].map { $0 ? -1 : 0 }) }
    case .number(let numbers), .timestamp(let numbers): values.numbers = lend(numbers.doubles(rows))
    case .category(let category): values.codes = lend(Array(category.codes[rows]))
    case .text(let text):
      let strings = rows.map { text.stored($0) }
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

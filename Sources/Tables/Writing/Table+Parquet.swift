// A table as Parquet: numbers as doubles or integers, instants as microseconds UTC, categories as
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

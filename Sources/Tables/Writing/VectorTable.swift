// Rows of an identifier and a vector as Parquet, where a column of lists is all there is.

internal import CArrow
public import NumericCore

/// Identifiers with a vector each.
public struct VectorTable: Sendable {
  private let identifiers: Identifiers
  private let vectors: Matrix<Float>

  /// Creates a table.
  ///
  /// - Precondition: there is a vector per identifier, of at least one number.
  public init(identifiers: Identifiers, vectors: Matrix<Float>) {
    precondition(
      identifiers.count == vectors.rows,
      "\(identifiers.count) identifiers of \(vectors.rows) vectors")
    precondition(vectors.columns >= 1, "vectors without numbers")
    self.identifiers = identifiers
    self.vectors = vectors
  }

  /// The numbers of a row group: 64 MiB.
  private static let rowGroupSize = 1 << 24

  /// Writes a Parquet file at a local path or an `s3://` URI, complete or not at all.
  ///
  /// The identifiers are strings or int64, the vectors fixed-size lists of float32, which readers
  /// without such a type see as lists.
  /// - Throws: a `TableError`.
  public func writeParquet(
    to location: String, identifierName: String = "id", vectorName: String = "embedding"
  ) throws {
    try DataOutput.open(location) { output, location in
      let schema = LentMemory()
      let fields = [
        mlc_field(
          name: schema.lend(Array(identifierName.utf8CString)), kind: identifierKind,
          levels: mlc_strings(), width: 0),
        mlc_field(
          name: schema.lend(Array(vectorName.utf8CString)), kind: Int32(MLC_WRITE_VECTOR),
          levels: mlc_strings(), width: Int32(vectors.columns)),
      ]
      let writer = try location.check { mlc_parquet_writer_open(output, fields, 2, $0) }
      defer { mlc_parquet_writer_free(writer) }
      let groupRows = max(1, Self.rowGroupSize / vectors.columns)
      for start in stride(from: 0, to: vectors.rows, by: groupRows) {
        let rows = start..<min(vectors.rows, start + groupRows)
        let block = LentMemory()
        let values = values(rows, in: block)
        try location.check {
          mlc_parquet_writer_append(writer, values, Int64(rows.count), $0) ? () : nil
        }
        withExtendedLifetime(block) {}
      }
      try location.check { mlc_parquet_writer_close(writer, $0) ? () : nil }
      withExtendedLifetime(schema) {}
    }
  }

  private var identifierKind: Int32 {
    switch identifiers {
    case .text: Int32(MLC_WRITE_TEXT)
    case .integers: Int32(MLC_WRITE_INT64)
    }
  }

  /// The values of both columns in some rows.
  private func values(_ rows: Range<Int>, in block: LentMemory) -> [mlc_values] {
    var names = mlc_values()
    switch identifiers {
    case .text(let strings): names.strings = block.lend(strings: Array(strings[rows]))
    case .integers(let integers): names.integers = block.lend(Array(integers[rows]))
    }
    var numbers = mlc_values()
    let width = vectors.columns
    numbers.floats = block.lend(
      Array(vectors.elements[rows.lowerBound * width..<rows.upperBound * width]))
    return [names, numbers]
  }
}

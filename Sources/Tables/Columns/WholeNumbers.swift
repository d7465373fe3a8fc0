// Whole numbers that are kept as such, so that identifiers of more than 15 digits stay exact and
// Parquet files get integers.

/// Whole numbers, one per row.
struct WholeNumbers: Sendable {
  let values: [Int64]
  /// For each row whether it is missing; empty if none is.
  let isMissing: [Bool]
  /// 32 or 64.
  let bits: Int

  /// The number of a row, or nil where it is missing.
  subscript(row: Int) -> Int64? {
    !isMissing.isEmpty && isMissing[row] ? nil : values[row]
  }

  /// The number of a row as a double, NaN where it is missing.
  func double(_ row: Int) -> Double { self[row].map { Double($0) } ?? .nan }

  func selecting(_ rows: [Int32]) -> WholeNumbers {
    WholeNumbers(
      values: rows.map { values[Int($0)] },
      isMissing: isMissing.isEmpty ? [] : rows.map { isMissing[Int($0)] }, bits: bits)
  }
}

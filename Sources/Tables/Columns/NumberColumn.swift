// Real numbers, one per row, with NaN for missing ones.

/// A column of real numbers; a missing value reads as NaN.
public struct NumberColumn: Sendable {
  private let values: [Double]

  /// Creates a column that owns its values.
  public init(_ values: [Double]) { self.values = values }

  /// The number of rows.
  public var count: Int { values.count }

  /// Copies a range of rows as doubles, missing ones as NaN.
  ///
  /// - Precondition: `buffer.count >= rows.count`.
  public func read(_ rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Double>) {
    for (index, row) in rows.enumerated() { buffer[index] = values[row] }
  }

  /// Returns all values as doubles, missing ones as NaN.
  public func doubles() -> [Double] { values }

  /// Returns the values of some rows as doubles, missing ones as NaN.
  public func doubles(rows: [Int32]) -> [Double] { rows.map { values[Int($0)] } }
}

// A dense row-major matrix: the one shape in which numbers cross module boundaries when a single
// column is not enough.

/// A dense matrix stored row by row.
///
/// `elements[row * columns + column]` is the element at (`row`, `column`).
@frozen
public struct Matrix<Scalar: BinaryFloatingPoint & Sendable>: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns; also the distance between two rows in `elements`.
  public let columns: Int
  /// The elements, row after row; `rows * columns` of them.
  public var elements: [Scalar]

  /// Creates a matrix from its elements in row-major order.
  ///
  /// - Precondition: `elements.count == rows * columns`.
  @inlinable
  public init(rows: Int, columns: Int, elements: [Scalar]) {
    precondition(
      elements.count == rows * columns,
      "a \(rows) x \(columns) matrix needs \(rows * columns) elements, not \(elements.count)")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// Creates a matrix whose elements all have one value.
  @inlinable
  public init(rows: Int, columns: Int, repeating value: Scalar = 0) {
    self.init(
      rows: rows, columns: columns, elements: [Scalar](repeating: value, count: rows * columns))
  }

  /// The element at a row and a column.
  @inlinable
  public subscript(row: Int, column: Int) -> Scalar {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  /// The elements of one row.
  @inlinable
  public func row(_ row: Int) -> ArraySlice<Scalar> {
    elements[row * columns..<(row + 1) * columns]
  }
}

// Products and factorisations of rectangular parts of single-precision matrices, for kernels that
// work on a block at a time in memory of their own. Shapes are checked here; OpenBLAS does the
// work, on the thread that makes the call.

internal import COpenBLAS

/// A view of rows of floats in memory that somebody else owns and keeps alive.
///
/// Element (`row`, `column`) is at `base[row * stride + column]`.
@frozen
public struct MatrixBlock: @unchecked Sendable {
  /// The first element.
  public let base: UnsafeMutablePointer<Float>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The distance between two rows; at least `columns`.
  public let stride: Int

  /// Creates a view; rows lie side by side unless a stride is given.
  @inlinable
  public init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
    precondition(rows >= 0 && columns >= 0 && (stride ?? columns) >= columns)
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// The view of a part of this view.
  @inlinable
  public func part(rows: Range<Int>, columns: Range<Int>? = nil) -> MatrixBlock {
    let columns = columns ?? 0..<self.columns
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows)
    precondition(columns.lowerBound >= 0 && columns.upperBound <= self.columns)
    return MatrixBlock(
      base + rows.lowerBound * stride + columns.lowerBound, rows: rows.count,
      columns: columns.count, stride: stride)
  }
}

/// Products and factorisations of blocks.
extension MatrixBlock {
  /// Which factor of a product is read with rows and columns exchanged.
  public enum TransposedFactor: Sendable {
    case neither, left, right
  }

  /// Sets this block to `factor * left * right + keep * self`.
  ///
  /// - Precondition: the shapes fit, and this block overlaps neither factor.
  public func setProduct(
    _ left: MatrixBlock, _ right: MatrixBlock, transposed: TransposedFactor = .neither,
    factor: Float = 1, keep: Float = 0
  ) {
    let (m, k) = transposed == .left ? (left.columns, left.rows) : (left.rows, left.columns)
    let (inner, n) =
      transposed == .right ? (right.columns, right.rows) : (right.rows, right.columns)
    precondition(k == inner && m == rows && n == columns, "\(m)x\(k) times \(inner)x\(n)")
    guard m > 0, n > 0 else { return }
    LinearAlgebra.useOneThread()
    cblas_sgemm(
      CblasRowMajor, transposed == .left ? CblasTrans : CblasNoTrans,
      transposed == .right ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k),
      factor, left.base, blasint(max(1, left.stride)), right.base, blasint(max(1, right.stride)),
      keep, base, blasint(stride))
  }

  /// Sets the upper triangle of this block to `factor * sourceᵀ * source + keep * self`.
  ///
  /// - Precondition: this block is square, as wide as the source, and does not overlap it.
  public func setUpperGramian(_ source: MatrixBlock, factor: Float = 1, keep: Float = 0) {
    precondition(rows == columns && columns == source.columns, "\(rows)x\(columns) of \(source)")
    guard rows > 0 else { return }
    LinearAlgebra.useOneThread()
    cblas_ssyrk(
      CblasRowMajor, CblasUpper, CblasTrans, blasint(rows), blasint(source.rows), factor,
      source.base, blasint(max(1, source.stride)), keep, base, blasint(stride))
  }

  /// Replaces the lower triangle by the Cholesky factor `L` of `self = L * Lᵀ`.
  ///
  /// Only the lower triangle is read and written.
  ///
  /// - Throws: `LinearAlgebra.Failure.notPositiveDefinite`.
  public func factorLower() throws {
    try factor(triangle: "U")
  }

  /// Replaces the upper triangle by the Cholesky factor `U` of `self = Uᵀ * U`.
  ///
  /// Only the upper triangle is read and written.
  ///
  /// - Throws: `LinearAlgebra.Failure.notPositiveDefinite`.
  public func factorUpper() throws {
    try factor(triangle: "L")
  }

  /// LAPACK reads a row-major triangle as the other one of a column-major matrix.
  private func factor(triangle: Unicode.Scalar) throws {
    precondition(rows == columns, "a \(rows) x \(columns) block is not square")
    guard rows > 0 else { return }
    LinearAlgebra.useOneThread()
    let status = LAPACKE_spotrf_work(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: triangle)), Int32(rows), base, Int32(stride))
    precondition(status >= 0, "spotrf refused its argument \(-status)")
    if status > 0 { throw LinearAlgebra.Failure.notPositiveDefinite(minor: Int(status)) }
  }

  /// Replaces `self` by `self * L⁻ᵀ`, where `lower` holds `L` in its lower triangle.
  public func divideByTransposedLower(_ lower: MatrixBlock) {
    precondition(lower.rows == lower.columns && lower.rows == columns)
    guard rows > 0, columns > 0 else { return }
    LinearAlgebra.useOneThread()
    cblas_strsm(
      CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, blasint(rows),
      blasint(columns), 1, lower.base, blasint(lower.stride), base, blasint(stride))
  }

  /// Replaces `self` by `self * L⁻¹`, where `lower` holds `L` in its lower triangle.
  public func divideByLower(_ lower: MatrixBlock) {
    precondition(lower.rows == lower.columns && lower.rows == columns)
    guard rows > 0, columns > 0 else { return }
    LinearAlgebra.useOneThread()
    cblas_strsm(
      CblasRowMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, blasint(rows),
      blasint(columns), 1, lower.base, blasint(lower.stride), base, blasint(stride))
  }

  /// Replaces `self` by `L⁻¹ * self`, where `lower` holds `L` in its lower triangle.
  public func solveLower(_ lower: MatrixBlock) {
    precondition(lower.rows == lower.columns && lower.rows == rows)
    guard rows > 0, columns > 0 else { return }
    LinearAlgebra.useOneThread()
    cblas_strsm(
      CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, blasint(rows),
      blasint(columns), 1, lower.base, blasint(lower.stride), base, blasint(stride))
  }

  /// Replaces a vector `b` by the solution of `Uᵀ * U * x = b`, for the factor in the upper triangle.
  ///
  /// - Precondition: the vector has as many elements as this block has rows.
  public func solveUpperFactor(_ vector: UnsafeMutablePointer<Float>) {
    precondition(rows == columns, "a \(rows) x \(columns) block is not square")
    guard rows > 0 else { return }
    LinearAlgebra.useOneThread()
    cblas_strsv(
      CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, blasint(rows), base, blasint(stride),
      vector, 1)
    cblas_strsv(
      CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, blasint(rows), base, blasint(stride),
      vector, 1)
  }
}

extension MatrixBlock {
  /// An address for empty blocks, at which nothing is ever read or written.
  private nonisolated(unsafe) static let nowhere = UnsafeMutablePointer<Float>.allocate(capacity: 1)

  /// Creates a view for reading only of rows that lie side by side.
  ///
  /// Writing through it is a programmer's error.
  public init(reading elements: UnsafeBufferPointer<Float>, rows: Int, columns: Int) {
    precondition(elements.count == rows * columns, "\(elements.count) are not \(rows)x\(columns)")
    let base = elements.baseAddress.map { UnsafeMutablePointer(mutating: $0) } ?? Self.nowhere
    self.init(base, rows: rows, columns: columns)
  }
}

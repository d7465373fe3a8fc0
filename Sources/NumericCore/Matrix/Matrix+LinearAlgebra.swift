// The BLAS and LAPACK calls we need. Shapes are checked here, once; OpenBLAS does the work.
// OpenBLAS brings its own threads: see `LinearAlgebra.useOneThread()`.

internal import COpenBLAS
internal import Glibc

/// Process-wide settings and facts of the linear algebra library.
public enum LinearAlgebra {
  /// Lets each BLAS call of the process run on the thread that makes it, from now on.
  ///
  /// `WorkerPool` owns the threads, and calls this, as all functions here do that call BLAS.
  /// OpenBLAS starts threads of its own as it is loaded, which wait in a spin for some 100 ms: a
  /// training that takes less would take twice as long because of them, so they are ended. Another
  /// library of the process must not be inside a call of OpenBLAS meanwhile. Builds of OpenBLAS over
  /// OpenMP count threads for each calling thread; they are not what `tools/setup` installs.
  public static func useOneThread() { _ = ownThreadsAreGone }

  /// Once only, as to set the number of threads starts them again.
  private static let ownThreadsAreGone: Void = {
    openblas_set_num_threads(1)
    // Builds without threads do not have it.
    guard let shutdown = dlsym(nil, "blas_thread_shutdown_") else { return }
    _ = unsafeBitCast(shutdown, to: (@convention(c) () -> CInt).self)()
  }()

  /// The name of the kernels that OpenBLAS picked for this processor, for benchmark reports.
  public static var coreName: String { String(cString: openblas_get_corename()) }

  /// What can go wrong in a factorisation.
  public enum Failure: Error, Equatable {
    /// The leading minor of this order is not positive: the matrix has no Cholesky factor.
    case notPositiveDefinite(minor: Int)
    /// The matrix or a right-hand side holds NaN or infinity, or the solution would.
    case notFinite
  }
}

extension Matrix where Scalar == Double {
  /// Returns the product of this matrix and a vector: `self * vector`.
  ///
  /// - Precondition: `vector.count == columns`.
  public func multiplied(by vector: [Double]) -> [Double] {
    precondition(vector.count == columns, "\(columns) columns, but \(vector.count) elements")
    var result = [Double](repeating: 0, count: rows)
    guard rows > 0, columns > 0 else { return result }
    LinearAlgebra.useOneThread()
    cblas_dgemv(
      CblasRowMajor, CblasNoTrans, blasint(rows), blasint(columns), 1, elements,
      blasint(columns), vector, 1, 0, &result, 1)
    return result
  }

  /// Returns the product of this matrix's transpose and a vector: `selfᵀ * vector`.
  ///
  /// - Precondition: `vector.count == rows`.
  public func transposeMultiplied(by vector: [Double]) -> [Double] {
    precondition(vector.count == rows, "\(rows) rows, but \(vector.count) elements")
    var result = [Double](repeating: 0, count: columns)
    guard rows > 0, columns > 0 else { return result }
    LinearAlgebra.useOneThread()
    cblas_dgemv(
      CblasRowMajor, CblasTrans, blasint(rows), blasint(columns), 1, elements,
      blasint(columns), vector, 1, 0, &result, 1)
    return result
  }

  /// Returns `selfᵀ * self`, a symmetric matrix of which only the upper triangle is computed.
  ///
  /// The lower triangle is left zero, as `solvingPositiveDefinite(_:)` reads the upper one only.
  public func upperGramian() -> Matrix<Double> {
    var result = Matrix<Double>(rows: columns, columns: columns)
    guard rows > 0, columns > 0 else { return result }
    LinearAlgebra.useOneThread()
    cblas_dsyrk(
      CblasRowMajor, CblasUpper, CblasTrans, blasint(columns), blasint(rows), 1, elements,
      blasint(columns), 0, &result.elements, blasint(columns))
    return result
  }

  /// Solves `self * x = rightSide` by Cholesky factorisation, reading only the upper triangle.
  ///
  /// - Precondition: the matrix is square and `rightSide.count == rows`.
  /// - Throws: `LinearAlgebra.Failure`.
  public func solvingPositiveDefinite(_ rightSide: [Double]) throws -> [Double] {
    precondition(rows == columns, "a \(rows) x \(columns) matrix is not square")
    precondition(rightSide.count == rows, "\(rows) rows, but \(rightSide.count) right-hand sides")
    guard rows > 0 else { return [] }
    // dposv would call NaN a wrong argument and let infinities through.
    guard rightSide.allSatisfy(\.isFinite),
      (0..<rows).allSatisfy({ self.row($0).dropFirst($0).allSatisfy(\.isFinite) })
    else { throw LinearAlgebra.Failure.notFinite }
    var factor = elements
    var solution = rightSide
    // The upper triangle of a row-major matrix is the lower one of its column-major reading.
    LinearAlgebra.useOneThread()
    let status = LAPACKE_dposv(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(rows), 1, &factor, Int32(rows),
      &solution, Int32(rows))
    precondition(status >= 0, "dposv refused its argument \(-status)")
    if status > 0 { throw LinearAlgebra.Failure.notPositiveDefinite(minor: Int(status)) }
    guard solution.allSatisfy(\.isFinite) else { throw LinearAlgebra.Failure.notFinite }
    return solution
  }
}

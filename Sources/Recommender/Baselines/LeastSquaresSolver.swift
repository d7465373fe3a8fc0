// One half of an iteration of alternating least squares: all rows of one side, given the other.

internal import CKernels
internal import NumericCore
internal import Synchronization

/// Solves the rows of one side, in parallel, each by Cholesky's method.
final class LeastSquaresSolver {
  /// The rows that one thread solves at a time.
  private static let rowBlock = 16
  /// The most interactions whose vectors are gathered at a time.
  private static let gatheredRows = 256
  /// The rows over which one thread sums a part of the Gramian.
  private static let gramianRows = 512

  private let objective: LeastSquaresObjective
  private let pool: WorkerPool
  private let width: Int
  private let gramian: AlignedBuffer<Float>
  private let scratch: [AlignedBuffer<Float>]

  init(_ objective: LeastSquaresObjective, pool: WorkerPool) {
    self.objective = objective
    self.pool = pool
    let width = objective.factors
    self.width = width
    gramian = AlignedBuffer(count: width * width)
    scratch = (0..<pool.threadCount).map { _ in
      AlignedBuffer(count: width * (width + Self.gatheredRows))
    }
  }

  /// Replaces rows of `solved` by their optima.
  ///
  /// - Parameter rows: which rows; nil for all.
  /// - Throws: `RecommenderError.notPositiveDefinite`.
  func solve(
    _ solved: MatrixBlock, from other: MatrixBlock, _ taken: SparseRows, rows: [Int]? = nil
  ) throws {
    setGramian(other)
    let failures = Atomic<Int>(0)
    taken.indices.withUnsafeBufferPointer { indices in
      pool.forEachRange(count: rows?.count ?? solved.rows, grain: Self.rowBlock) {
        range, worker in
        for place in range {
          let row = rows?[place] ?? place
          let history = UnsafeBufferPointer(
            rebasing: indices[taken.offsets[row]..<taken.offsets[row + 1]])
          let penalty = objective.penalty(count: history.count, others: other.rows)
          let isSolved = solve(
            solved.base + row * width, history, from: other,
            penalty: Float(penalty), scratch[worker].base)
          if !isSolved { failures.wrappingAdd(1, ordering: .relaxed) }
        }
      }
    }
    guard failures.load(ordering: .relaxed) == 0 else {
      throw RecommenderError.notPositiveDefinite(what: "alternating least squares")
    }
  }

  /// Solves one row; false if its matrix is not positive definite.
  private func solve(
    _ row: UnsafeMutablePointer<Float>, _ history: UnsafeBufferPointer<Int32>,
    from other: MatrixBlock, penalty: Float, _ scratch: UnsafeMutablePointer<Float>
  ) -> Bool {
    row.update(repeating: 0, count: width)
    guard let first = history.baseAddress, !history.isEmpty else { return true }
    let system = MatrixBlock(scratch, rows: width, columns: width)
    scratch.update(from: gramian.base, count: width * width)
    let gathered = scratch + width * width
    for start in stride(from: 0, to: history.count, by: Self.gatheredRows) {
      let count = min(Self.gatheredRows, history.count - start)
      mlk_gather_and_sum(other.base, first + start, count, width, gathered, row)
      system.setUpperGramian(MatrixBlock(gathered, rows: count, columns: width), keep: 1)
    }
    for place in 0..<width { scratch[place * (width + 1)] += penalty }
    do {
      try system.factorUpper()
    } catch {
      return false
    }
    system.solveUpperFactor(row)
    return true
  }

  /// Sums `unobserved weight * otherᵀ * other`, in parts of a fixed size that are added in order.
  private func setGramian(_ other: MatrixBlock) {
    let parts = (other.rows + Self.gramianRows - 1) / Self.gramianRows
    let size = width * width
    let sums = AlignedBuffer<Float>(count: max(1, parts) * size)
    pool.forEachRange(count: other.rows, grain: Self.gramianRows) { range, _ in
      MatrixBlock(
        sums.base + range.lowerBound / Self.gramianRows * size, rows: width, columns: width
      ).setUpperGramian(other.part(rows: range), factor: Float(objective.unobservedWeight))
    }
    gramian.base.update(from: sums.base, count: size)
    for part in 1..<max(1, parts) { mlk_axpy(1, sums.base + part * size, gramian.base, size) }
  }
}

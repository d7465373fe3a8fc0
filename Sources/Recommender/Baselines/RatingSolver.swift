// One half of an iteration of least squares on ratings: factors and biases of all rows of one side,
// given those of the other.

internal import CKernels
internal import NumericCore
internal import Synchronization

/// Solves the rows of one side, in parallel, each by Cholesky's method.
final class RatingSolver {
  /// The rows that one thread solves at a time.
  private static let rowBlock = 16
  /// The most ratings whose factors are gathered at a time.
  private static let gatheredRows = 256

  private let objective: RatingObjective
  private let mean: Float
  private let pool: WorkerPool
  private let width: Int
  private let scratch: [AlignedBuffer<Float>]

  init(_ objective: RatingObjective, mean: Float, pool: WorkerPool) {
    self.objective = objective
    self.mean = mean
    self.pool = pool
    let width = objective.dimension + 1
    self.width = width
    scratch = (0..<pool.threadCount).map { _ in
      AlignedBuffer(count: width * (width + Self.gatheredRows))
    }
  }

  /// Replaces the rows of `solved` by their optima; a row has its factors and, at the end, its bias.
  ///
  /// - Throws: `RecommenderError.notPositiveDefinite`.
  func solve(_ solved: MatrixBlock, from other: MatrixBlock, _ rated: SparseRows) throws {
    let failures = Atomic<Int>(0)
    pool.forEachRange(count: solved.rows, grain: Self.rowBlock) { range, worker in
      for row in range {
        let places = rated.offsets[row]..<rated.offsets[row + 1]
        let isSolved = solve(
          solved.base + row * width, from: other, rated, places, scratch[worker].base)
        if !isSolved { failures.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    guard failures.load(ordering: .relaxed) == 0 else {
      throw RecommenderError.notPositiveDefinite(what: "alternating least squares")
    }
  }

  /// Solves one row; false if its matrix is not positive definite.
  private func solve(
    _ row: UnsafeMutablePointer<Float>, from other: MatrixBlock, _ rated: SparseRows,
    _ places: Range<Int>, _ scratch: UnsafeMutablePointer<Float>
  ) -> Bool {
    row.update(repeating: 0, count: width)
    guard !places.isEmpty, let values = rated.values else { return true }
    let factors = width - 1
    let system = MatrixBlock(scratch, rows: width, columns: width)
    scratch.update(repeating: 0, count: width * width)
    let gathered = scratch + width * width
    for start in stride(from: places.lowerBound, to: places.upperBound, by: Self.gatheredRows) {
      let count = min(Self.gatheredRows, places.upperBound - start)
      for place in 0..<count {
        let from = other.base + Int(rated.indices[start + place]) * width
        let into = gathered + place * width
        into.update(from: from, count: factors)
        // The own bias counts once for each rating.
        into[factors] = 1
        mlk_axpy(values[start + place] - mean - from[factors], into, row, width)
      }
      system.setUpperGramian(MatrixBlock(gathered, rows: count, columns: width), keep: 1)
    }
    let penalty = Float(objective.penalty(count: places.count))
    for column in 0..<factors { scratch[column * (width + 1)] += penalty }
    scratch[factors * (width + 1)] += Float(objective.shrinkage)
    do {
      try system.factorUpper()
    } catch {
      return false
    }
    system.solveUpperFactor(row)
    return true
  }
}

// The inverse of a large symmetric positive definite matrix, in blocks shared among the threads of
// the pool. LAPACK would do it too, but with other sums for another number of threads.
//   A = L Lᵀ (right-looking, block column by block column), X = L⁻¹, A⁻¹ = Xᵀ X.

internal import NumericCore

/// Inversion by Cholesky's method.
enum BlockedInverse {
  /// The order of the blocks.
  private static let order = 192

  /// Replaces a symmetric matrix, of which the lower triangle is read, by its whole inverse.
  ///
  /// - Throws: `LinearAlgebra.Failure.notPositiveDefinite`.
  static func invert(_ matrix: MatrixBlock, pool: WorkerPool) throws {
    precondition(matrix.rows == matrix.columns, "a \(matrix.rows) x \(matrix.columns) matrix")
    let starts = Array(stride(from: 0, to: matrix.rows, by: order))
    let blocks = starts.map { $0..<min(matrix.rows, $0 + order) }
    try factor(matrix, blocks, pool)
    let inverse = AlignedBuffer<Float>(count: matrix.rows * matrix.rows)
    let lowerInverse = MatrixBlock(inverse.base, rows: matrix.rows, columns: matrix.rows)
    invertFactor(matrix, into: lowerInverse, blocks, pool)
    multiply(lowerInverse, into: matrix, blocks, pool)
  }

  /// Replaces the lower triangle by `L`.
  private static func factor(
    _ matrix: MatrixBlock, _ blocks: [Range<Int>], _ pool: WorkerPool
  ) throws {
    for (step, pivot) in blocks.enumerated() {
      let corner = matrix.part(rows: pivot, columns: pivot)
      try corner.factorLower()
      let below = Array(blocks[(step + 1)...])
      pool.forEach(count: below.count) { index, _ in
        matrix.part(rows: below[index], columns: pivot).divideByTransposedLower(corner)
      }
      // The tiles of the rest's lower triangle, numbered row by row.
      pool.forEach(count: below.count * (below.count + 1) / 2) { number, _ in
        let (row, column) = trianglePlace(number)
        matrix.part(rows: below[row], columns: below[column]).setProduct(
          matrix.part(rows: below[row], columns: pivot),
          matrix.part(rows: below[column], columns: pivot), transposed: .right, factor: -1, keep: 1)
      }
    }
  }

  /// Solves `L X = I` for each block column: what lies above the diagonal stays zero.
  private static func invertFactor(
    _ factor: MatrixBlock, into inverse: MatrixBlock, _ blocks: [Range<Int>], _ pool: WorkerPool
  ) {
    pool.forEach(count: blocks.count) { index, _ in
      let columns = blocks[index]
      let rest = columns.lowerBound..<factor.rows
      for place in columns { inverse.base[place * (inverse.stride + 1)] = 1 }
      inverse.part(rows: rest, columns: columns)
        .solveLower(factor.part(rows: rest, columns: rest))
    }
  }

  /// Sets both triangles of `result` to `Xᵀ X`.
  private static func multiply(
    _ inverse: MatrixBlock, into result: MatrixBlock, _ blocks: [Range<Int>], _ pool: WorkerPool
  ) {
    pool.forEach(count: blocks.count * (blocks.count + 1) / 2) { number, _ in
      let (row, column) = trianglePlace(number)
      let (rows, columns) = (blocks[row], blocks[column])
      let common = rows.lowerBound..<inverse.rows
      result.part(rows: rows, columns: columns).setProduct(
        inverse.part(rows: common, columns: rows), inverse.part(rows: common, columns: columns),
        transposed: .left)
    }
    // On the other side of the diagonal, after all tiles: the same numbers.
    pool.forEachRange(count: result.rows, grain: 64) { range, _ in
      for row in range {
        for column in row + 1..<max(row + 1, result.columns) {
          result.base[row * result.stride + column] = result.base[column * result.stride + row]
        }
      }
    }
  }

  /// The row and the column of a place in a triangle that is numbered row by row.
  private static func trianglePlace(_ number: Int) -> (row: Int, column: Int) {
    var row = Int((Double(8 * number + 1).squareRoot() - 1) / 2)
    while row * (row + 1) / 2 > number { row -= 1 }
    while (row + 1) * (row + 2) / 2 <= number { row += 1 }
    return (row, number - row * (row + 1) / 2)
  }
}

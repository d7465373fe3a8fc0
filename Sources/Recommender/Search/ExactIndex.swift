// Exact search for the largest inner products: no recall is lost, and any filter is exact too.

internal import CKernels
public import NumericCore

/// Vectors of items, and the search among them.
public struct ExactIndex: Sendable {
  /// One row for each item.
  public let vectors: Matrix<Float>

  /// Creates an index over the rows of a matrix.
  ///
  /// - Throws: `RecommenderError.unusableVector`.
  public init(_ vectors: Matrix<Float>) throws {
    try Self.check(vectors)
    self.vectors = vectors
  }

  /// Returns the `k` items with the largest inner product for each query.
  ///
  /// Of equal scores the lower item comes first. The result does not depend on the pool.
  ///
  /// - Parameters:
  ///   - queries: one row for each query.
  ///   - excluding: for each query the items that it must not get, such as those seen.
  /// - Throws: `RecommenderError`.
  public func search(
    _ queries: Matrix<Float>, k: Int, excluding: SparseRows? = nil, pool: WorkerPool
  ) throws -> RankedItems {
    precondition(queries.columns == vectors.columns, "\(queries.columns) of \(vectors.columns)")
    precondition(excluding == nil || excluding?.rows == queries.rows, "one row for each query")
    guard k >= 1 else {
      throw RecommenderError.parameterOutOfRange(name: "k", found: "\(k)", expected: "1 or more")
    }
    try Self.check(queries)
    return Self.search(queries, vectors, k: k, excluding: excluding, pool: pool)
  }

  /// Returns the `k` items nearest to an item by the distance of unit vectors, itself left out.
  ///
  /// The distance `sqrt(2 - 2 s)` stands in the place of the score `s`. The lists are no longer
  /// than there are items.
  ///
  /// - Parameter excluding: other items that are left out.
  /// - Throws: `RecommenderError`.
  public func similar(
    to item: Int, k: Int, excluding: [Int32] = [], pool: WorkerPool
  ) throws -> RankedItems {
    let query = Matrix<Float>(rows: 1, columns: vectors.columns, elements: Array(vectors.row(item)))
    let found = try search(
      query, k: k, excluding: SparseRows([excluding + [Int32(item)]]), pool: pool)
    let distances = zip(found.items, found.scores).map { item, score -> Float in
      item < 0 ? .infinity : max(0, 2 - 2 * score).squareRoot()
    }
    return RankedItems(k: found.k, items: found.items, scores: distances)
  }

  /// The search without the checks, for vectors that a model has just made.
  static func search(
    _ queries: Matrix<Float>, _ vectors: Matrix<Float>, k: Int, excluding: SparseRows?,
    pool: WorkerPool
  ) -> RankedItems {
    queries.elements.withUnsafeBufferPointer { queryElements in
      vectors.elements.withUnsafeBufferPointer { vectorElements in
        search(
          MatrixBlock(reading: queryElements, rows: queries.rows, columns: queries.columns),
          MatrixBlock(reading: vectorElements, rows: vectors.rows, columns: vectors.columns), k: k,
          excluding: excluding, pool: pool)
      }
    }
  }

  /// The most queries of a block that are compared with the items one by one: a matrix product first
  /// moves the items into another order, which pays for more queries only.
  private static let fewQueries = 8

  /// The search among vectors in memory of somebody else, whose rows lie side by side.
  static func search(
    _ queries: MatrixBlock, _ vectors: MatrixBlock, k: Int, excluding: SparseRows?,
    pool: WorkerPool
  ) -> RankedItems {
    precondition(vectors.stride == vectors.columns, "rows of vectors with gaps between them")
    let k = min(k, max(1, vectors.rows))
    let ranking = BlockRanking(queries: queries.rows, items: vectors.rows, k: k)
    return ranking.rank(excluding: excluding, pool: pool) {
      range, items, scores in
      let (queries, items) = (queries.part(rows: range), vectors.part(rows: items))
      guard queries.rows <= Self.fewQueries else {
        scores.setProduct(queries, items, transposed: .right)
        return
      }
      for row in 0..<queries.rows {
        mlk_dot_rows(
          items.base, items.rows, items.columns, queries.base + row * queries.stride,
          scores.base + row * scores.stride)
      }
    }
  }

  private static func check(_ vectors: Matrix<Float>) throws {
    if let bad = vectors.elements.firstIndex(where: { !$0.isFinite }) {
      throw RecommenderError.unusableVector(row: bad / vectors.columns)
    }
  }
}

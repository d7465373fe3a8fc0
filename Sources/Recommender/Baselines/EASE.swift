// The shallow linear autoencoder: item weights B with a zero diagonal that best rebuild each user's
// items from the user's other items, in closed form. With P = (XᵀX + l I)⁻¹: B = I - P diag(1 / P).
// Steck, "Embarrassingly shallow autoencoders for sparse data", 2019, arXiv:1905.03375.

internal import CKernels
public import NumericCore

/// How the weights are found.
public struct EASEConfiguration: Codable, Sendable, Equatable {
  /// The penalty on squared weights, above 0; nil for one that a search on a part of the data finds.
  public var lambda: Double?
  /// The most memory for the weights and their making, in bytes.
  public var mostBytes = 8 << 30

  /// Creates the default configuration.
  public init() {}

  enum CodingKeys: String, CodingKey, CaseIterable {
    case lambda
    case mostBytes = "most_bytes"
  }

  /// The names of all parameters, as they are written in files and on the command line.
  public static var parameterNames: [String] { CodingKeys.allCases.map(\.rawValue) }
}

/// Weights from every item to every other.
public struct EASE: Sendable {
  /// Row `i` holds what a user's item `i` says for each item; the diagonal is zero.
  public let weights: Matrix<Float>

  /// The memory for some items: the Gramian, its inverted factor, and the weights.
  ///
  /// Where it is more than the limit, `NeighbourhoodEASE` needs far less.
  public static func bytes(items: Int) -> Int {
    let (pairs, isMuch) = items.multipliedReportingOverflow(by: items)
    let (bytes, isMore) = pairs.multipliedReportingOverflow(by: 12)
    return isMuch || isMore ? .max : bytes
  }

  /// Finds the weights; the result depends on data, configuration and seed, not on the pool.
  ///
  /// - Parameter seed: which part of the data a search judges by.
  /// - Throws: `RecommenderError`.
  public static func fit(
    _ interactions: Interactions, configuration: EASEConfiguration = .init(), seed: UInt64 = 0,
    pool: WorkerPool
  ) throws -> EASE {
    if let lambda = configuration.lambda, !(lambda > 0 && lambda.isFinite) {
      throw RecommenderError.parameterOutOfRange(
        name: "lambda", found: "\(lambda)", expected: "a number above 0")
    }
    guard interactions.count > 0 else { throw RecommenderError.noInteractions }
    let items = interactions.items
    let bytes = bytes(items: items)
    guard bytes <= configuration.mostBytes else {
      throw RecommenderError.tooLarge(
        what: "EASE with \(items) items", bytes: bytes, most: configuration.mostBytes)
    }
    // The penalty of the systems of a few neighbours, which cost little, suits all items too.
    let lambda =
      try configuration.lambda
      ?? NeighbourhoodEASEConfiguration().penalty(for: interactions, seed: seed, pool: pool)
    let gramian = AlignedBuffer<Float>(count: items * items)
    countPairs(interactions, into: gramian, pool: pool)
    for item in 0..<items { gramian.base[item * (items + 1)] += Float(lambda) }
    let inverse = MatrixBlock(gramian.base, rows: items, columns: items)
    do {
      try BlockedInverse.invert(inverse, pool: pool)
    } catch {
      throw RecommenderError.notPositiveDefinite(what: "EASE")
    }
    return EASE(weights: weights(from: inverse, pool: pool))
  }

  /// Counts for each two items the users who took both: row by row, in exact integers.
  private static func countPairs(
    _ interactions: Interactions, into gramian: AlignedBuffer<Float>, pool: WorkerPool
  ) {
    let items = interactions.items
    interactions.byUser.indices.withUnsafeBufferPointer { taken in
      pool.forEachRange(count: items, grain: 8) { range, _ in
        for item in range {
          let row = gramian.base + item * items
          for user in interactions.byItem[item] {
            let places =
              interactions.byUser.offsets[Int(user)]..<interactions.byUser.offsets[Int(user) + 1]
            for place in places { row[Int(taken[place])] += 1 }
          }
        }
      }
    }
  }

  /// Divides the columns of the inverse by minus its diagonal.
  private static func weights(from inverse: MatrixBlock, pool: WorkerPool) -> Matrix<Float> {
    let items = inverse.rows
    let factors = AlignedBuffer<Float>(count: items)
    for item in 0..<items { factors.base[item] = -1 / inverse.base[item * (items + 1)] }
    pool.forEachRange(count: items, grain: 16) { range, _ in
      for item in range {
        let row = inverse.base + item * inverse.stride
        for column in 0..<items { row[column] *= factors.base[column] }
        row[item] = 0
      }
    }
    return Matrix(
      rows: items, columns: items,
      elements: Array(UnsafeBufferPointer(start: inverse.base, count: items * items)))
  }

  /// Returns the `k` best items for each history, without those in `excluding`.
  ///
  /// - Parameter histories: the items that each user took; in most cases the same as `excluding`.
  /// - Throws: `RecommenderError.parameterOutOfRange`.
  public func recommend(
    _ histories: SparseRows, k: Int, excluding: SparseRows?, pool: WorkerPool
  ) throws -> RankedItems {
    guard k >= 1 else {
      throw RecommenderError.parameterOutOfRange(name: "k", found: "\(k)", expected: "1 or more")
    }
    let ranking = BlockRanking(
      queries: histories.rows, items: weights.rows, k: min(k, weights.rows))
    return weights.elements.withUnsafeBufferPointer { elements in
      let table = MatrixBlock(reading: elements, rows: weights.rows, columns: weights.rows)
      return ranking.rank(excluding: excluding, pool: pool) { users, items, scores in
        for user in users {
          let row = scores.base + (user - users.lowerBound) * scores.stride
          row.update(repeating: 0, count: items.count)
          for item in histories[user] {
            mlk_axpy(
              1, table.base + Int(item) * table.stride + items.lowerBound, row, items.count)
          }
        }
      }
    }
  }
}

// The bar that every recommender must clear: the same list for everybody.

public import NumericCore

/// Items by the number of their users.
public struct Popularity: Sendable, Equatable {
  /// How many users took each item.
  public let counts: [Float]

  /// Counts the users of each item.
  ///
  /// - Throws: `RecommenderError.noInteractions`.
  public init(_ interactions: Interactions) throws {
    guard interactions.count > 0 else { throw RecommenderError.noInteractions }
    counts = (0..<interactions.items).map { Float(interactions.byItem[$0].count) }
  }

  /// Returns for each of some users the `k` most popular items without those in `excluding`.
  ///
  /// - Throws: `RecommenderError.parameterOutOfRange`.
  public func recommend(users: Int, k: Int, excluding: SparseRows?, pool: WorkerPool) throws
    -> RankedItems
  {
    guard k >= 1 else {
      throw RecommenderError.parameterOutOfRange(name: "k", found: "\(k)", expected: "1 or more")
    }
    precondition(excluding == nil || excluding?.rows == users, "one row for each user")
    let ranking = BlockRanking(queries: users, items: counts.count, k: min(k, max(1, counts.count)))
    return counts.withUnsafeBufferPointer { counts in
      ranking.rank(excluding: excluding, pool: pool) { users, items, scores in
        guard let first = counts.baseAddress else { return }
        for row in 0..<users.count {
          (scores.base + row * scores.stride)
            .update(from: first + items.lowerBound, count: items.count)
        }
      }
    }
  }
}

// The answer of every search: lists of items, best first.

public import Evaluation

/// The best items for each of some queries.
public struct RankedItems: Sendable, Equatable {
  /// The most items of a list.
  public let k: Int
  /// `k` items for each query, best first, equal scores by ascending item; -1 fills short lists.
  public let items: [Int32]
  /// The scores beside `items`; -infinity beside -1.
  public let scores: [Float]

  /// The number of queries.
  public var queries: Int { k == 0 ? 0 : items.count / k }

  /// The items of one query with their scores, without the filling.
  public subscript(query: Int) -> [(item: Int32, score: Float)] {
    (query * k..<(query + 1) * k).compactMap { items[$0] < 0 ? nil : (items[$0], scores[$0]) }
  }

  /// Judges the lists by the items that each query's user really took.
  ///
  /// - Precondition: one row of `relevant` for each query.
  public func metrics(relevant: SparseRows, items count: Int) -> RankingMetrics {
    RankingMetrics(
      lists: items, k: k, offsets: relevant.offsets, relevant: relevant.indices, items: count)
  }

  /// The NDCG of each query's list; NaN for a user who took no item.
  ///
  /// - Precondition: one row of `relevant` for each query.
  public func userGains(relevant: SparseRows) -> [Double] {
    RankingMetrics.userGains(
      lists: items, k: k, offsets: relevant.offsets, relevant: relevant.indices)
  }
}

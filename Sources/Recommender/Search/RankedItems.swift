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

  init(k: Int, items: [Int32], scores: [Float]) {
    self.k = k
    self.items = items
    self.scores = scores
  }

  /// The number of queries.
  public var queries: Int { k == 0 ? 0 : items.count / k }

  /// The items of one query with their scores, without the filling.
  public subscript(query: Int) -> [(item: Int32, score: Float)] {
    (query * k..<(query + 1) * k).compactMap { items[$0] < 0 ? nil : (items[$0], scores[$0]) }
  }

  /// The list of one query: the first of some items, which stand in their order.
  public init(best items: [Int32], scores: [Float], k: Int) {
    let count = min(k, items.count)
    let missing = k - count
    self.k = k
    self.items = items.prefix(count) + [Int32](repeating: -1, count: missing)
    self.scores = scores.prefix(count) + [Float](repeating: -.infinity, count: missing)
  }

  /// Lists without any item.
  public static func empty(queries: Int) -> RankedItems {
    RankedItems(
      k: 1, items: [Int32](repeating: -1, count: queries),
      scores: [Float](repeating: -.infinity, count: queries))
  }

  /// The same lists of other items: item `i` becomes `places[i]`.
  ///
  /// - Precondition: every item is an index of `places`.
  public func renamed(_ places: [Int32]) -> RankedItems {
    RankedItems(k: k, items: items.map { $0 < 0 ? -1 : places[Int($0)] }, scores: scores)
  }

  /// The same lists with those of some queries exchanged; shorter lists are filled up.
  ///
  /// - Parameter lists: a list for each of the queries, no longer than these.
  public func replacing(_ queries: [Int], by lists: RankedItems) -> RankedItems {
    precondition(lists.queries == queries.count && lists.k <= k, "\(lists.queries) other lists")
    var (items, scores) = (items, scores)
    for (row, query) in queries.enumerated() {
      for place in 0..<k {
        let isThere = place < lists.k
        items[query * k + place] = isThere ? lists.items[row * lists.k + place] : -1
        scores[query * k + place] = isThere ? lists.scores[row * lists.k + place] : -.infinity
      }
    }
    return RankedItems(k: k, items: items, scores: scores)
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

// The search for the best items among those that rules allow.
import NumericCore
import Recommender

/// The items that may be recommended, as a model ranks them.
///
/// Items that may not are never ranked at all, so that a filter is exact however few items pass.
struct ItemSearch: Sendable {
  let choice: ItemChoice
  private let scorer: any ItemScorer
  /// All items' vectors, by which items are alike.
  private let vectors: Matrix<Float>

  /// Limits a model to the allowed items.
  ///
  /// - Throws: `RecommenderError`.
  init(_ choice: ItemChoice, model: RecommenderModel) throws {
    self.choice = choice
    scorer = try choice.allowed.map { try model.scorer.limited(to: $0) } ?? model.scorer
    vectors = model.itemVectors
  }

  /// The lists of some queries, in the order in which they are shown.
  ///
  /// - Parameters:
  ///   - seen: for each query the items that it does not get.
  ///   - k: the most items of a list, at least 1.
  /// - Throws: `RecommenderError`.
  func lists(
    _ queries: [ItemQuery], without seen: [ArraySlice<Int32>], k: Int, pool: WorkerPool
  ) throws -> RankedItems {
    try choice.selection.lists(queries: queries.count, k: k, vectors: vectors, pool: pool) {
      rows, length in
      try scorer.ranked(
        rows.map { queries[$0] }, k: length,
        excluding: SparseRows(rows.map { Array(seen[$0]) }), pool: pool)
    }
  }

  /// The items of a list with the scores that are shown; plain lists by these scores, best first.
  func scored(_ items: [Int32], for query: ItemQuery) -> [(item: Int32, score: Double)] {
    let scored = items.map { (item: $0, score: scorer.score($0, for: query)) }
    return choice.selection.isPlain
      ? scored.sorted { (-$0.score, $0.item) < (-$1.score, $1.item) } : scored
  }

  /// The neighbours of some items, nearest first.
  ///
  /// - Throws: `RecommenderError`.
  func nearest(
    toEach items: [Int32], k: Int, pool: WorkerPool
  ) throws -> [[(item: Int32, distance: Double)]] {
    try scorer.nearest(toEach: items, k: k, pool: pool)
  }
}

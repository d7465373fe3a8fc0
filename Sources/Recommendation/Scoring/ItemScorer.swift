// What a model says of all items for a user: the one question that lists, the loop and other systems
// ask, whatever the model is.
import NumericCore
import Recommender

/// Whom items are scored for.
enum ItemQuery: Sendable, Equatable {
  /// A user that the model was trained on, by place.
  case user(Int)
  /// Somebody who took some items, by place, each once and ascending.
  case items([Int32])
  /// A vector of a model with towers.
  case vector([Float])
}

/// Scores of items for queries; an immutable part of a trained model.
protocol ItemScorer: Sendable {
  /// Whether the model knows anything that it could score by.
  func isKnown(_ query: ItemQuery) -> Bool

  /// The score of an item; larger is better.
  func score(_ item: Int32, for query: ItemQuery) -> Double

  /// The same scorer, whose lists hold some items only; the items keep their places.
  ///
  /// - Parameter items: places, ascending.
  func limited(to items: [Int32]) throws -> any ItemScorer

  /// The `k` items of highest score for each query.
  ///
  /// Of equal scores the lower item comes first. A list may be shorter. The result does not depend
  /// on the pool.
  ///
  /// - Parameter excluding: for each query the items that it must not get.
  /// - Throws: `RecommenderError`.
  func ranked(
    _ queries: [ItemQuery], k: Int, excluding: SparseRows, pool: WorkerPool
  ) throws -> RankedItems

  /// The `k` items that are most like an item, without itself, with their distances from it.
  ///
  /// - Parameter excluding: other items that are left out.
  /// - Throws: `RecommenderError`.
  func nearest(
    to item: Int32, k: Int, excluding: [Int32], pool: WorkerPool
  ) throws -> [(item: Int32, distance: Double)]

  /// `nearest` for many items at once, with no item left out but each itself.
  ///
  /// - Throws: `RecommenderError`.
  func nearest(
    toEach items: [Int32], k: Int, pool: WorkerPool
  ) throws -> [[(item: Int32, distance: Double)]]

  /// How strongly an item that somebody took speaks for an item; 0 if it does not.
  func similarity(of item: Int32, to taken: Int32) -> Double
}

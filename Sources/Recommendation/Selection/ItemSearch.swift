// The search for the best items among those that rules allow.
import NumericCore
import Recommender

/// The vectors of the items that may be recommended.
///
/// Items that may not are not in the index at all, so that a filter is exact however few items pass.
struct ItemSearch: Sendable {
  let choice: ItemChoice
  /// All items' vectors, by which items are alike.
  private let vectors: Matrix<Float>
  private let index: ExactIndex
  /// The place of each item in the index, -1 for an item that is not in it; nil if all are.
  private let places: [Int32]?

  /// Makes an index of the allowed items.
  ///
  /// - Throws: `RecommenderError`.
  init(_ choice: ItemChoice, model: RecommenderModel) throws {
    self.choice = choice
    vectors = model.itemVectors
    guard let allowed = choice.allowed else {
      index = try ExactIndex(vectors)
      places = nil
      return
    }
    index = try ExactIndex(vectors.selecting(allowed.map(Int.init)))
    var places = [Int32](repeating: -1, count: vectors.rows)
    for (place, item) in allowed.enumerated() { places[Int(item)] = Int32(place) }
    self.places = places
  }

  /// The lists of some vectors, in the order in which they are shown.
  ///
  /// - Parameters:
  ///   - seen: for each query the items that it does not get.
  ///   - k: the most items of a list, at least 1.
  /// - Throws: `RecommenderError`.
  func lists(
    _ queries: Matrix<Float>, without seen: [ArraySlice<Int32>], k: Int, pool: WorkerPool
  ) throws -> RankedItems {
    guard index.vectors.rows > 0 else {
      return .empty(queries: queries.rows)
    }
    let own = seen.map { items in
      places.map { places in items.map { places[Int($0)] }.filter { $0 >= 0 } } ?? Array(items)
    }
    return try choice.selection.lists(queries: queries.rows, k: k, vectors: vectors, pool: pool) {
      rows, length in
      let isWhole = rows.count == queries.rows
      let found = try index.search(
        isWhole ? queries : queries.selecting(rows), k: length,
        excluding: SparseRows(isWhole ? own : rows.map { own[$0] }), pool: pool)
      return choice.allowed.map(found.renamed) ?? found
    }
  }
}

// Scores as sums of arcs that lead to an item from those that a user took.
import NumericCore
import Recommender

/// A graph of items, and who took what.
///
/// A query without an item that has arcs, such as a user who is known by features alone, is answered
/// by vectors.
struct GraphScorer: ItemScorer {
  private let graph: ItemGraph
  /// The items that each user of the training took.
  private let taken: SparseRows
  /// What answers where the graph has no arcs.
  private let vectors: any ItemScorer
  /// Whether lists may hold an item; nil for all.
  private let isAllowed: [Bool]?

  /// Creates a scorer.
  ///
  /// - Precondition: the vectors have rows for the users of `taken` and the items of the graph.
  init(graph: ItemGraph, taken: SparseRows, vectors: VectorScorer) {
    self.init(graph: graph, taken: taken, vectors: vectors, isAllowed: nil)
  }

  private init(
    graph: ItemGraph, taken: SparseRows, vectors: any ItemScorer, isAllowed: [Bool]?
  ) {
    self.graph = graph
    self.taken = taken
    self.vectors = vectors
    self.isAllowed = isAllowed
  }

  func limited(to items: [Int32]) throws -> any ItemScorer {
    var isAllowed = [Bool](repeating: false, count: graph.items)
    for item in items { isAllowed[Int(item)] = true }
    return GraphScorer(
      graph: graph, taken: taken, vectors: try vectors.limited(to: items), isAllowed: isAllowed)
  }

  /// The items of a query, if any of them has arcs; nil for a query that vectors answer.
  private func history(of query: ItemQuery) -> ArraySlice<Int32>? {
    let items: ArraySlice<Int32> =
      switch query {
      case .user(let user): taken[user]
      case .items(let items): items[...]
      case .vector: []
      }
    return items.contains { !graph.arcs[Int($0)].isEmpty } ? items : nil
  }

  func isKnown(_ query: ItemQuery) -> Bool {
    history(of: query) != nil || vectors.isKnown(query)
  }

  func score(_ item: Int32, for query: ItemQuery) -> Double {
    history(of: query).map { Double(graph.score(of: item, for: $0)) }
      ?? vectors.score(item, for: query)
  }

  func ranked(
    _ queries: [ItemQuery], k: Int, excluding: SparseRows, pool: WorkerPool
  ) throws -> RankedItems {
    let histories = queries.map(history)
    let found = try graph.recommend(
      SparseRows(joining: histories.map { $0 ?? [] }), k: k, excluding: excluding,
      among: isAllowed, pool: pool)
    let others = queries.indices.filter { histories[$0] == nil }
    guard !others.isEmpty else { return found }
    let rest = try vectors.ranked(
      others.map { queries[$0] }, k: k,
      excluding: SparseRows(joining: others.map { excluding[$0] }), pool: pool)
    return found.replacing(others, by: rest)
  }

  /// The items with the heaviest arcs from an item.
  ///
  /// With the weight `w` as a share of the heaviest arc, the distance is `sqrt(2 - 2 w)`: 0 for the
  /// nearest item, and below `sqrt(2)` for all.
  func nearest(
    to item: Int32, k: Int, excluding: [Int32], pool: WorkerPool
  ) throws -> [(item: Int32, distance: Double)] {
    guard history(of: .items([item])) != nil else {
      return try vectors.nearest(to: item, k: k, excluding: excluding, pool: pool)
    }
    let found = try ranked(
      [.items([item])], k: k, excluding: SparseRows([excluding + [item]]), pool: pool)
    return measured(found[0], from: item)
  }

  private func measured(
    _ found: [(item: Int32, score: Float)], from item: Int32
  ) -> [(item: Int32, distance: Double)] {
    let heaviest = graph.heaviestArc(from: item)
    return found.map { other, weight in
      (other, max(0, 2 - 2 * Double(weight) / Double(heaviest)).squareRoot())
    }
  }

  func nearest(
    toEach items: [Int32], k: Int, pool: WorkerPool
  ) throws -> [[(item: Int32, distance: Double)]] {
    let isOfGraph = items.map { history(of: .items([$0])) != nil }
    let own = items.indices.filter { isOfGraph[$0] }.map { items[$0] }
    let found = try ranked(
      own.map { .items([$0]) }, k: k, excluding: SparseRows(own.map { [$0] }), pool: pool)
    var near = own.indices.map { measured(found[$0], from: own[$0]) }.makeIterator()
    var others = try vectors.nearest(
      toEach: items.indices.filter { !isOfGraph[$0] }.map { items[$0] }, k: k, pool: pool
    ).makeIterator()
    return isOfGraph.compactMap { $0 ? near.next() : others.next() }
  }

  func similarity(of item: Int32, to taken: Int32) -> Double {
    Double(graph.score(of: item, for: [taken]))
  }
}

// What the rows of users and items that a training does not know would have scored: measures of the
// known rows alone are too good for a shop with many new users and items.
import Evaluation
import NumericCore
import Recommender

/// The rows of a test table whose user or item the training does not know.
package struct UnknownRows: Codable, Sendable {
  /// The rows.
  package var rows: Int
  /// The users, and the items, that are not known.
  package var users: Int
  package var items: Int
  /// What these rows score, over their users: a user of whom the model knows something has its list,
  /// any other one that of the items most users took, and an item that is not known is in no list.
  package var metrics: RecommenderMetrics

  /// Measures pairs; nil without any.
  ///
  /// - Parameters:
  ///   - users: the number of known users, and of known items.
  ///   - seen: the items that no list of a known user may hold.
  /// - Throws: `RecommenderError`.
  init?(
    _ pairs: UnknownPairs, scorer: any ItemScorer, users: Int, items: Int, seen: SparseRows, k: Int,
    pool: WorkerPool
  ) throws {
    guard !pairs.users.isEmpty else { return nil }
    var wanted: [Int32: [Int32]] = [:]
    for (user, item) in zip(pairs.users, pairs.items) { wanted[user, default: []].append(item) }
    let order = wanted.keys.sorted()
    // As recommending does: a user of whom the model knows nothing gets what most users took.
    let known = order.map(Int.init).filter { $0 < users && scorer.isKnown(.user($0)) }
    let found = try scorer.ranked(
      known.map(ItemQuery.user), k: k, excluding: SparseRows(joining: known.map { seen[$0] }),
      pool: pool)
    let popular = Array(Self.mostTaken(seen, items: items).prefix(k))
    let places = Dictionary(uniqueKeysWithValues: zip(known, known.indices))
    let lists = order.map { places[Int($0)].map { found[$0].map(\.item) } ?? popular }
    let relevant = SparseRows(order.map { wanted[$0] ?? [] })
    let ranking = RankingMetrics(
      lists: lists.flatMap { $0 + [Int32](repeating: -1, count: k - $0.count) }, k: k,
      offsets: relevant.offsets, relevant: relevant.indices, items: items + pairs.itemCount)
    metrics = RecommenderMetrics(ranking, k: k)
    // The share of all items in the lists of a few users says nothing.
    metrics.coverage = nil
    rows = pairs.users.count
    self.users = pairs.userCount
    self.items = pairs.itemCount
  }

  /// The items by the number of their users, those that nobody took left out.
  private static func mostTaken(_ seen: SparseRows, items: Int) -> [Int32] {
    var counts = [Int](repeating: 0, count: items)
    for item in seen.indices { counts[Int(item)] += 1 }
    return counts.indices.filter { counts[$0] > 0 }.sorted {
      (counts[$1], $0) < (counts[$0], $1)
    }.map(Int32.init)
  }
}

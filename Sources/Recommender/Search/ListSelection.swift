// Lists that are not simply the best scores: at most a few items of each group, and items that are
// unlike those before them.

internal import CKernels
public import NumericCore

/// How the items of a list are chosen among those that score best.
///
/// The list is made item by item. Each step takes the candidate with the largest
/// `(1 - diversity) * relevance - diversity * similarity`, where `relevance` is the score brought to
/// 0 for the worst and 1 for the best candidate, and `similarity` the largest inner product with an
/// item that the list has already (Carbonell and Goldstein, "The use of MMR", SIGIR 1998; their
/// lambda is `1 - diversity`). A candidate of a full group is passed over. Of equal candidates the
/// better ranked comes first.
public struct ListSelection: Sendable, Equatable {
  /// The group of each item, -1 for an item that belongs to none; nil without groups.
  private let groups: [Int32]?
  /// The most items of a group in a list.
  private let perGroup: Int
  /// From 0, where scores alone count, to 1, where only differences do.
  private let diversity: Float

  /// Chooses items.
  ///
  /// - Precondition: `perGroup` is at least 1, and `diversity` from 0 to 1.
  public init(groups: [Int32]? = nil, perGroup: Int = .max, diversity: Double = 0) {
    precondition(perGroup >= 1, "lists of \(perGroup) items of a group")
    precondition((0...1).contains(diversity), "a diversity of \(diversity)")
    self.groups = groups
    self.perGroup = perGroup
    self.diversity = Float(diversity)
  }

  /// Whether lists are simply the best scores.
  public var isPlain: Bool { groups == nil && diversity == 0 }

  /// How many of the best items a list of `k` is chosen among, before groups are found to be full.
  static func candidates(_ k: Int, isDiverse: Bool) -> Int {
    isDiverse ? max(100, 10 * k) : max(32, 2 * k)
  }

  /// Makes the lists of some queries.
  ///
  /// Where groups are full before a list is, four times as many candidates are ranked, until the
  /// list is full or all items are candidates. So no list is shorter than it must be.
  ///
  /// - Parameters:
  ///   - k: the most items of a list, at least 1.
  ///   - vectors: one row for each item, by which items are alike.
  ///   - rank: ranks the items for some of the queries, best first, in lists of a length or of as
  ///     many items as there are.
  /// - Returns: lists in the order in which they were made.
  public func lists(
    queries: Int, k: Int, vectors: Matrix<Float>, pool: WorkerPool,
    rank: (_ queries: [Int], _ length: Int) throws -> RankedItems
  ) rethrows -> RankedItems {
    if isPlain { return try rank(Array(0..<queries), k) }
    let all = vectors.rows
    let k = min(k, max(1, all))
    var items = [Int32](repeating: -1, count: queries * k)
    var scores = [Float](repeating: -.infinity, count: queries * k)
    var open = Array(0..<queries)
    var length = min(Self.candidates(k, isDiverse: diversity > 0), max(1, all))
    while !open.isEmpty {
      let ranked = try rank(open, length)
      let lists = chosen(among: ranked, k: k, vectors: vectors, pool: pool)
      var short: [Int] = []
      for (row, query) in open.enumerated() {
        for (place, entry) in lists[row].enumerated() {
          items[query * k + place] = entry.item
          scores[query * k + place] = entry.score
        }
        if lists[row].count < k, ranked[row].count == length, length < all { short.append(query) }
      }
      open = short
      length = length > all / 4 ? all : length * 4
    }
    return RankedItems(k: k, items: items, scores: scores)
  }

  private typealias Entry = (item: Int32, score: Float)

  private func chosen(
    among ranked: RankedItems, k: Int, vectors: Matrix<Float>, pool: WorkerPool
  ) -> [[Entry]] {
    var lists = [[Entry]](repeating: [], count: ranked.queries)
    lists.withUnsafeMutableBufferPointer { buffer in
      // Each list is written by the one call that has its query.
      nonisolated(unsafe) let lists = buffer
      pool.forEachRange(count: ranked.queries, grain: 16) { range, _ in
        for query in range {
          let candidates = ranked[query]
          lists[query] =
            diversity == 0
            ? best(candidates, k: k) : diverse(candidates, k: k, vectors: vectors)
        }
      }
    }
    return lists
  }

  /// The first items whose groups are not full.
  private func best(_ candidates: [Entry], k: Int) -> [Entry] {
    var counts = GroupCounts(groups, limit: perGroup)
    var list: [Entry] = []
    for candidate in candidates where list.count < k && counts.take(candidate.item) {
      list.append(candidate)
    }
    return list
  }

  /// The items by marginal relevance.
  private func diverse(_ candidates: [Entry], k: Int, vectors: Matrix<Float>) -> [Entry] {
    guard let first = candidates.first, let last = candidates.last else { return [] }
    let span = first.score - last.score
    let relevance = candidates.map { span > 0 ? ($0.score - last.score) / span : 1 }
    var own: [Float] = []
    own.reserveCapacity(candidates.count * vectors.columns)
    for candidate in candidates { own += vectors.row(Int(candidate.item)) }
    var closest = [Float](repeating: -.infinity, count: candidates.count)
    var products = [Float](repeating: 0, count: candidates.count)
    var isOpen = [Bool](repeating: true, count: candidates.count)
    var counts = GroupCounts(groups, limit: perGroup)
    var list: [Entry] = []
    while list.count < k {
      var best: (place: Int, value: Float)?
      for place in candidates.indices where isOpen[place] {
        let likeness = list.isEmpty ? 0 : closest[place]
        let value = (1 - diversity) * relevance[place] - diversity * likeness
        if best == nil || value > best?.value ?? 0 { best = (place, value) }
      }
      guard let place = best?.place else { break }
      isOpen[place] = false
      guard counts.take(candidates[place].item) else { continue }
      list.append(candidates[place])
      let start = place * vectors.columns
      own.withUnsafeBufferPointer { own in
        guard let base = own.baseAddress else { return }
        mlk_dot_rows(base, candidates.count, vectors.columns, base + start, &products)
      }
      for other in candidates.indices { closest[other] = max(closest[other], products[other]) }
    }
    return list
  }
}

/// How many items of each group a list has.
private struct GroupCounts {
  private let groups: [Int32]?
  private let limit: Int
  private var counts: [Int32: Int] = [:]

  init(_ groups: [Int32]?, limit: Int) {
    self.groups = groups
    self.limit = limit
  }

  /// Counts an item unless its group is full; tells whether it was counted.
  mutating func take(_ item: Int32) -> Bool {
    guard let group = groups?[Int(item)], group >= 0 else { return true }
    let count = counts[group, default: 0]
    guard count < limit else { return false }
    counts[group] = count + 1
    return true
  }
}

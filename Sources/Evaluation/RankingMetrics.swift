// How good lists of recommended items are, over all items and never over a sample of them.
// Users without a relevant item have no result and are left out; means are over the others.

internal import Glibc

/// Means over users of the usual measures of the first `k` items of their lists.
public struct RankingMetrics: Sendable, Equatable, Codable {
  /// The length of the lists that was looked at.
  public let k: Int
  /// The number of users with at least one relevant item.
  public let users: Int
  /// The relevant items found, divided by the relevant items there are.
  public let recall: Double
  /// The relevant items found, divided by `min(k, relevant items)`: 1 for the best possible list.
  public let truncatedRecall: Double
  /// Discounted gain `sum 1 / log2(place + 1)` of the relevant items found, places from 1, divided
  /// by that of the best possible list.
  public let ndcg: Double
  /// The share of users with at least one relevant item found.
  public let hitRate: Double
  /// `1 / place` of the first relevant item found, 0 if there is none.
  public let reciprocalRank: Double
  /// The share of all items that are in at least one user's list.
  public let coverage: Double

  /// Compares lists with the relevant items.
  ///
  /// - Parameters:
  ///   - lists: `k` items for each user, best first, distinct; -1 where a list is shorter.
  ///   - offsets: user `u`'s relevant items are at `offsets[u] ..< offsets[u + 1]`.
  ///   - relevant: distinct items, ascending for each user.
  ///   - items: the number of items there are.
  public init(lists: [Int32], k: Int, offsets: [Int], relevant: [Int32], items: Int) {
    precondition(k >= 1, "lists of \(k) items")
    precondition(lists.count == (offsets.count - 1) * k, "\(lists.count) items in lists of \(k)")
    let gains = DiscountedGains(k: k)
    var isCovered = [Bool](repeating: false, count: items)
    var judged = 0
    var sums = (recall: 0.0, truncated: 0.0, ndcg: 0.0, hits: 0.0, rank: 0.0)
    for user in 0..<offsets.count - 1 {
      let wanted = relevant[offsets[user]..<offsets[user + 1]]
      guard !wanted.isEmpty else { continue }
      judged += 1
      let list = lists[user * k..<(user + 1) * k]
      for item in list where item >= 0 { isCovered[Int(item)] = true }
      let (found, gain, first) = gains.judge(list, wanted: wanted)
      if let first { sums.rank += 1 / Double(first + 1) }
      let reachable = min(k, wanted.count)
      sums.recall += Double(found) / Double(wanted.count)
      sums.truncated += Double(found) / Double(reachable)
      sums.ndcg += gain / gains.ideal[reachable]
      sums.hits += found > 0 ? 1 : 0
    }
    let count = Double(max(1, judged))
    self.k = k
    users = judged
    recall = sums.recall / count
    truncatedRecall = sums.truncated / count
    ndcg = sums.ndcg / count
    hitRate = sums.hits / count
    reciprocalRank = sums.rank / count
    coverage = items == 0 ? 0 : Double(isCovered.count { $0 }) / Double(items)
  }

  /// The `ndcg` of each user; NaN for those without a relevant item.
  ///
  /// Parameters are those of `init`.
  public static func userGains(
    lists: [Int32], k: Int, offsets: [Int], relevant: [Int32]
  ) -> [Double] {
    precondition(lists.count == (offsets.count - 1) * k, "\(lists.count) items in lists of \(k)")
    let gains = DiscountedGains(k: k)
    return (0..<offsets.count - 1).map { user in
      let wanted = relevant[offsets[user]..<offsets[user + 1]]
      guard !wanted.isEmpty else { return .nan }
      return gains.judge(lists[user * k..<(user + 1) * k], wanted: wanted).gain
        / gains.ideal[min(k, wanted.count)]
    }
  }
}

/// What places in a list are worth.
private struct DiscountedGains {
  private let discounts: [Double]
  /// The gain of the best list, for each number of relevant items up to `k`.
  let ideal: [Double]

  init(k: Int) {
    discounts = (0..<k).map { 1 / log2(Double($0 + 2)) }
    var ideal = [0.0]
    for discount in discounts { ideal.append(ideal[ideal.count - 1] + discount) }
    self.ideal = ideal
  }

  /// The relevant items of a list: how many, their gain, and the place of the first one from 0.
  func judge(
    _ list: ArraySlice<Int32>, wanted: ArraySlice<Int32>
  ) -> (found: Int, gain: Double, first: Int?) {
    var found = 0
    var gain = 0.0
    var first: Int?
    for (place, item) in list.enumerated() {
      guard item >= 0 else { break }
      guard Self.contains(wanted, item) else { continue }
      if first == nil { first = place }
      found += 1
      gain += discounts[place]
    }
    return (found, gain, first)
  }

  /// Binary search in an ascending list.
  private static func contains(_ list: ArraySlice<Int32>, _ item: Int32) -> Bool {
    var low = list.startIndex
    var high = list.endIndex
    while low < high {
      let middle = (low + high) / 2
      if list[middle] < item { low = middle + 1 } else { high = middle }
    }
    return low < list.endIndex && list[low] == item
  }
}

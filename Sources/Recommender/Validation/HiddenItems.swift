// A validation part inside of the training data: some users hide some of their items, a model
// learns from the rest, and its lists for these users are judged by what is hidden.

internal import Evaluation
internal import NumericCore

/// Interactions without some items of some users, and these items.
struct HiddenItems {
  /// The share of their items that users hide; at least one.
  private static let share = 5
  /// The length of the lists that are judged.
  private static let listLength = 20

  /// What a model may learn from; users and items are those of all interactions.
  let rest: Interactions
  /// The users who hide items, in ascending order.
  let users: [Int]
  /// The items that these users keep; one row for each.
  let kept: SparseRows
  private let hidden: SparseRows

  /// Hides items of users who have at least two; nil if nobody has.
  ///
  /// - Parameters:
  ///   - most: the most users who hide items.
  ///   - mostInteractions: the most interactions of these users together; one user may have more.
  init?(
    _ interactions: Interactions, users most: Int, interactions mostInteractions: Int, seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let able = (0..<interactions.users).filter { interactions.byUser[$0].count >= 2 }
    guard !able.isEmpty else { return nil }
    var chosen: [Int] = []
    var count = 0
    for user in able.shuffled(using: &generator).prefix(most) {
      count += interactions.byUser[user].count
      guard count <= mostInteractions || chosen.isEmpty else { break }
      chosen.append(user)
    }
    users = chosen.sorted()
    var hidden: [[Int32]] = []
    for user in users {
      let items = interactions.byUser[user].shuffled(using: &generator)
      hidden.append(Array(items.prefix(max(1, items.count / Self.share))))
    }
    self.hidden = SparseRows(hidden)
    rest = try interactions.without(self.hidden, users: users)
    kept = rest.byUser.rows(users)
  }

  /// The NDCG of the list that a model gives to each of the users for what they keep.
  func gains(
    _ lists: (_ histories: SparseRows, _ k: Int) throws -> RankedItems
  ) rethrows -> [Double] {
    let ranked = try lists(kept, Self.listLength)
    return RankingMetrics.userGains(
      lists: ranked.items, k: ranked.k, offsets: hidden.offsets, relevant: hidden.indices)
  }
}

extension Interactions {
  /// The interactions but those in a row of `hidden` for each of some users, in ascending order.
  fileprivate func without(_ hidden: SparseRows, users: [Int]) throws -> Interactions {
    var rowOf = [Int?](repeating: nil, count: self.users)
    for (row, user) in users.enumerated() { rowOf[user] = row }
    var (left, taken): ([Int32], [Int32]) = ([], [])
    for user in 0..<self.users {
      for item in byUser[user] {
        if let row = rowOf[user], hidden.contains(row: row, column: item) { continue }
        left.append(Int32(user))
        taken.append(item)
      }
    }
    return try Interactions(users: left, items: taken, userCount: self.users, itemCount: items)
  }
}

// Who took, bought or rated what: the data every model of this module learns from.

/// Distinct pairs of a user and an item, by user and by item.
public struct Interactions: Sendable, Equatable {
  /// The items of each user, ascending, with their ratings if there are any.
  public let byUser: SparseRows
  /// The users of each item, ascending, with their ratings if there are any.
  public let byItem: SparseRows
  /// The pairs that were given more than once and count once.
  public let duplicates: Int

  /// The number of users, those without interactions included.
  public var users: Int { byUser.rows }
  /// The number of items, those without interactions included.
  public var items: Int { byItem.rows }
  /// The number of distinct pairs.
  public var count: Int { byUser.indices.count }
  /// Whether the pairs have ratings.
  public var isRated: Bool { byUser.values != nil }

  /// Creates interactions from parallel arrays; of a pair that occurs again the last rating counts.
  ///
  /// - Precondition: the arrays are equally long and indices are in range.
  /// - Throws: `RecommenderError.unusableRating`.
  public init(
    users: [Int32], items: [Int32], ratings: [Float]? = nil, userCount: Int, itemCount: Int
  ) throws {
    precondition(users.count == items.count, "\(users.count) users, \(items.count) items")
    precondition(ratings == nil || ratings?.count == users.count, "ratings for every pair or none")
    if let ratings, let bad = ratings.firstIndex(where: { !$0.isFinite }) {
      throw RecommenderError.unusableRating(interaction: bad, found: ratings[bad])
    }
    // Sorted by item, then stably by user: inside a user, items ascend and repeats keep their
    // order.
    let byItem = Self.counted(items, among: itemCount, order: nil)
    let order = Self.counted(users, among: userCount, order: byItem)
    var offsets = [Int](repeating: 0, count: userCount + 1)
    var indices: [Int32] = []
    var values: [Float]? = ratings.map { _ in [] }
    indices.reserveCapacity(users.count)
    var previous: (user: Int32, item: Int32) = (-1, -1)
    for place in order {
      let pair = (user: users[Int(place)], item: items[Int(place)])
      if pair == previous {
        if let ratings { values?[indices.count - 1] = ratings[Int(place)] }
        continue
      }
      previous = pair
      indices.append(pair.item)
      if let ratings { values?.append(ratings[Int(place)]) }
      offsets[Int(pair.user) + 1] += 1
    }
    for user in 0..<userCount { offsets[user + 1] += offsets[user] }
    let rows = SparseRows(offsets: offsets, indices: indices, values: values)
    byUser = rows
    self.byItem = rows.transposed(columns: itemCount)
    duplicates = users.count - indices.count
  }

  /// The places of the keys in ascending order of key; stable with respect to `order`.
  private static func counted(_ keys: [Int32], among count: Int, order: [Int32]?) -> [Int32] {
    var starts = [Int](repeating: 0, count: count + 1)
    for key in keys {
      precondition(key >= 0 && key < count, "index \(key) is not below \(count)")
      starts[Int(key) + 1] += 1
    }
    for key in 0..<count { starts[key + 1] += starts[key] }
    var result = [Int32](repeating: 0, count: keys.count)
    for step in 0..<keys.count {
      let place = order?[step] ?? Int32(step)
      let key = Int(keys[Int(place)])
      result[starts[key]] = place
      starts[key] += 1
    }
    return result
  }
}

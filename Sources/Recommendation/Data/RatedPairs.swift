// The rows of a table of interactions as places of users and items, checked.
import LearningTasks
import Recommender
import Tables

/// Who took or rated what, row by row.
struct RatedPairs: Sendable {
  var users: [Int32] = []
  var items: [Int32] = []
  /// A rating for each row, or nil.
  var ratings: [Double]?
  /// A time for each row, or nil.
  var times: [Double]?
  /// The least and the most a rating can be; nil without ratings.
  let scale: ClosedRange<Double>?
  /// The rows whose user or item is not known, which are not among the others.
  private(set) var unknown = UnknownPairs(knownUsers: 0, knownItems: 0)

  /// The number of rows.
  var count: Int { users.count }

  /// Checks the rows of a table, and leaves out those of unknown users or items; of several rows of
  /// a user and an item one counts.
  ///
  /// - Throws: `TaskError`.
  init(
    _ table: RecommenderReader.Interactions, users: EntityIndex, items: EntityIndex,
    scale: (lowest: Double?, highest: Double?), context: RunContext
  ) throws {
    if let ratings = table.ratings {
      self.scale = try Self.scale(of: ratings, given: scale, data: table.shown)
    } else {
      self.scale = nil
    }
    let userPlaces = users.places(in: table.users)
    let itemPlaces = items.places(in: table.items)
    var (ratings, times): ([Double], [Double]) = ([], [])
    var firstUnknown: String?
    unknown = UnknownPairs(knownUsers: users.count, knownItems: items.count)
    for row in userPlaces.indices {
      guard userPlaces[row] >= 0, itemPlaces[row] >= 0 else {
        unknown.add(
          user: table.users[row] ?? "", place: userPlaces[row], item: table.items[row] ?? "",
          place: itemPlaces[row])
        if firstUnknown == nil {
          firstUnknown =
            itemPlaces[row] < 0
            ? "item '\(table.items[row] ?? "")'" : "user '\(table.users[row] ?? "")'"
        }
        continue
      }
      self.users.append(userPlaces[row])
      self.items.append(itemPlaces[row])
      if let all = table.ratings { ratings.append(all[row]) }
      if let all = table.times { times.append(all[row]) }
    }
    self.ratings = table.ratings.map { _ in ratings }
    self.times = table.times.map { _ in times }
    if let firstUnknown {
      let count = unknown.users.count
      context.warn([
        "\(table.shown): \(count) row\(count == 1 ? " is" : "s are") left out, because "
          + "the user or item is not known; the first one: \(firstUnknown)"
      ])
    }
    guard count > 0 else { throw RecommendationError.noInteractions(data: table.shown) }
    let rows = rowsThatCount(userCount: users.count)
    if rows.count < count {
      let repeats = count - rows.count
      context.warn([
        "\(table.shown): \(repeats) row\(repeats == 1 ? " repeats a pair" : "s repeat pairs") of user "
          + "and item; the \(self.times == nil ? "last" : "latest") row of a pair counts"
      ])
      let kept = selecting(rows)
      (self.users, self.items) = (kept.users, kept.items)
      (self.ratings, self.times) = (kept.ratings, kept.times)
    }
  }

  private init(_ other: RatedPairs, rows: [Int]) {
    scale = other.scale
    users = rows.map { other.users[$0] }
    items = rows.map { other.items[$0] }
    ratings = other.ratings.map { all in rows.map { all[$0] } }
    times = other.times.map { all in rows.map { all[$0] } }
  }

  /// The rows without those that others repeat, ascending: of a user and an item the latest row
  /// counts, or the last one where times are the same or not known.
  private func rowsThatCount(userCount: Int) -> [Int] {
    var starts = [Int](repeating: 0, count: userCount + 1)
    for user in users { starts[Int(user) + 1] += 1 }
    for user in 0..<userCount { starts[user + 1] += starts[user] }
    var rowsByUser = [Int](repeating: 0, count: count)
    var next = starts
    for (row, user) in users.enumerated() {
      rowsByUser[next[Int(user)]] = row
      next[Int(user)] += 1
    }
    var counts = [Bool](repeating: true, count: count)
    for user in 0..<userCount {
      let rows = rowsByUser[starts[user]..<starts[user + 1]].sorted { first, second in
        (items[first], times?[first] ?? 0, first) < (items[second], times?[second] ?? 0, second)
      }
      for (row, following) in zip(rows, rows.dropFirst()) where items[row] == items[following] {
        counts[row] = false
      }
    }
    return counts.indices.filter { counts[$0] }
  }

  /// The rows whose user and item are not among some interactions.
  func excluding(_ known: SparseRows) -> RatedPairs {
    selecting(
      (0..<count).filter { !known.contains(row: Int(users[$0]), column: items[$0]) })
  }

  /// Some of the rows.
  func selecting(_ rows: [Int]) -> RatedPairs { RatedPairs(self, rows: rows) }

  /// The rating brought from its scale to the range from -1 to 1, as the lab's model learns it.
  func scaled(_ rating: Double) -> Float {
    guard let scale else { return 1 }
    return Float(2 * (rating - scale.lowerBound) / (scale.upperBound - scale.lowerBound) - 1)
  }

  /// The rating that an inner product stands for.
  func rating(ofScaled value: Float) -> Double {
    guard let scale else { return Double(value) }
    let share = (Double(min(max(value, -1), 1)) + 1) / 2
    return scale.lowerBound + share * (scale.upperBound - scale.lowerBound)
  }

  /// The rows as the models take them.
  ///
  /// - Throws: `RecommenderError`.
  func interactions(userCount: Int, itemCount: Int) throws -> Interactions {
    try Interactions(
      users: users, items: items, ratings: ratings.map { $0.map(scaled) }, userCount: userCount,
      itemCount: itemCount)
  }

  private static func scale(
    of ratings: [Double], given: (lowest: Double?, highest: Double?), data: String
  ) throws -> ClosedRange<Double> {
    try requireNumbers(ratings, data: data)
    try require(ratings, within: given, data: data)
    let lowest = given.lowest ?? ratings.min() ?? 0
    let highest = given.highest ?? ratings.max() ?? 0
    guard lowest < highest else {
      throw RecommendationError.equalRatings(rating: lowest.asWritten, data: data)
    }
    return lowest...highest
  }

  /// Checks ratings without others beside them: that they are numbers, and inside the scale as far as
  /// that was given.
  ///
  /// - Throws: `RecommendationError.unusableRating`.
  static func requireUsable(
    _ ratings: [Double], given: (lowest: Double?, highest: Double?), data: String
  ) throws {
    try requireNumbers(ratings, data: data)
    try require(ratings, within: given, data: data)
  }

  private static func requireNumbers(_ ratings: [Double], data: String) throws {
    if let row = ratings.firstIndex(where: \.isNaN) {
      throw RecommendationError.missingRating(row: row + 1, data: data)
    }
    guard let row = ratings.firstIndex(where: { $0 != 0 && !sizes.contains(abs($0)) }) else {
      return
    }
    throw RecommendationError.unusableRating(
      row: row + 1, found: ratings[row].asWritten,
      expected:
        "0, or a number from \(sizes.lowerBound.asWritten) to \(sizes.upperBound.asWritten) "
        + "without its sign",
      data: data)
  }

  /// The sizes of ratings other than 0: the squares of their errors, and the differences of floats,
  /// are numbers.
  private static let sizes = 1e-9...1e9

  private static func require(
    _ ratings: [Double], within given: (lowest: Double?, highest: Double?), data: String
  ) throws {
    let (lowest, highest) = (given.lowest ?? -.infinity, given.highest ?? .infinity)
    guard let row = ratings.firstIndex(where: { $0 < lowest || $0 > highest }) else { return }
    let expected =
      switch (given.lowest, given.highest) {
      case (let lowest?, let highest?): "\(lowest.asWritten) to \(highest.asWritten)"
      case (let lowest?, nil): "at least \(lowest.asWritten)"
      default: "at most \(highest.asWritten)"
      }
    throw RecommendationError.unusableRating(
      row: row + 1, found: ratings[row].asWritten, expected: expected, data: data)
  }
}

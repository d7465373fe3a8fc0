// Whether a table of interactions can be told from one in which everybody's items were exchanged: for
// each row the model compares the item with those of other rows, which are as popular as the table
// has it. Of a table that has nothing to do with what the model knows, it is right every other time.
import NumericCore

/// How often a model is right about which of two rows' items goes with a user.
struct PairAgreement: Codable, Sendable, Equatable {
  /// The share of comparisons in which the model is right; a tie is half.
  var value: Double
  /// The ends of the 95 % interval, over users.
  var lower: Double
  var upper: Double
  /// The rows that were compared.
  var rows: Int

  /// Rows below which nothing can be said.
  static let fewestRows = 100
  /// Rows beyond which some are taken, spread over all: more say nothing more.
  private static let mostRows = 50_000
  /// With how many other rows each one is compared.
  private static let shifts = 5

  /// Compares rows of interactions that the model has not learnt from.
  ///
  /// - Parameters:
  ///   - users: the user of each row.
  ///   - others: how a row compares with another: the share of the comparison that the model gets
  ///     right, or nil if they cannot be compared.
  /// - Returns: nil if there are too few rows.
  init?(users: [Int32], others: (_ row: Int, _ other: Int) -> Double?) {
    let count = users.count
    guard count >= Self.fewestRows else { return nil }
    var right: [Int32: SIMD2<Double>] = [:]
    var compared = 0
    for row in 0..<count {
      var sum = SIMD2<Double>.zero
      for shift in 1...Self.shifts {
        let other = (row + shift * count / (Self.shifts + 1)) % count
        if let share = others(row, other) { sum += SIMD2(share, 1) }
      }
      guard sum.y > 0 else { continue }
      compared += 1
      right[users[row], default: .zero] += sum
    }
    guard compared >= Self.fewestRows else { return nil }
    // In the order of users: sums of floats have one order.
    let parts = right.sorted { $0.key < $1.key }.map(\.value)
    let total = parts.reduce(.zero, +)
    let value = total.x / total.y
    let variance = parts.reduce(0.0) { sum, part in
      let difference = part.x - value * part.y
      return sum + difference * difference
    }
    let width = 1.96 * variance.squareRoot() / total.y
    self.value = value
    lower = value - width
    upper = value + width
    rows = compared
  }
}

extension PairAgreement {
  /// Holds interactions against a model: which item goes with whom, or, of a model of ratings, which
  /// rating is the higher one.
  ///
  /// Rows of users or items that the model does not know are left out, as are those it has learnt
  /// from.
  init?(
    users: [Int32], items: [Int32], ratings: [Double]?, scorer: any ItemScorer,
    seen: (_ user: Int32, _ item: Int32) -> Bool, predictsRatings: Bool
  ) {
    var rows = users.indices.filter {
      users[$0] >= 0 && items[$0] >= 0 && !seen(users[$0], items[$0])
    }
    var taken: Set<Int64> = []
    func key(_ user: Int32, _ item: Int32) -> Int64 { Int64(user) << 32 | Int64(item) }
    for row in rows { taken.insert(key(users[row], items[row])) }
    if rows.count > Self.mostRows {
      rows = (0..<Self.mostRows).map { rows[$0 * rows.count / Self.mostRows] }
    }
    func score(_ user: Int32, _ item: Int32) -> Double {
      scorer.score(item, for: .user(Int(user)))
    }
    func share(_ difference: Double) -> Double {
      difference > 0 ? 1 : difference == 0 ? 0.5 : 0
    }
    let ownUsers = rows.map { users[$0] }
    let ownItems = rows.map { items[$0] }
    if predictsRatings, let ratings {
      let ownRatings = rows.map { ratings[$0] }
      self.init(users: ownUsers) { row, other in
        let difference = ownRatings[row] - ownRatings[other]
        guard difference != 0 else { return nil }
        let predicted =
          score(ownUsers[row], ownItems[row]) - score(ownUsers[other], ownItems[other])
        return share(difference > 0 ? predicted : -predicted)
      }
      return
    }
    self.init(users: ownUsers) { row, other in
      let (user, item) = (ownUsers[row], ownItems[other])
      guard !taken.contains(key(user, item)), !seen(user, item) else { return nil }
      return share(score(user, ownItems[row]) - score(user, item))
    }
  }
}

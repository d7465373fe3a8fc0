// Dividing interactions: some to learn from, some to judge on. Every user keeps some to learn from.
import NumericCore

/// Rows of a table of interactions in two parts.
struct RecommenderSplit: Sendable {
  /// Rows to learn from, ascending.
  var train: [Int] = []
  /// Rows set aside, ascending.
  var test: [Int] = []

  /// Sets a share of each user's rows aside: the latest ones where times are known, else some that
  /// are drawn; a user of one row keeps it.
  static func perUser(
    _ pairs: RatedPairs, share: Double, userCount: Int, random: CounterRandom
  ) -> RecommenderSplit {
    var rowsOf = [[Int]](repeating: [], count: userCount)
    for row in 0..<pairs.count { rowsOf[Int(pairs.users[row])].append(row) }
    var split = RecommenderSplit()
    for (user, rows) in rowsOf.enumerated() {
      var rows = rows
      if let times = pairs.times {
        rows.sort { (times[$0], $0) < (times[$1], $1) }
      } else {
        var generator = SeededGenerator(random.split(UInt64(user)))
        rows.shuffle(using: &generator)
      }
      let kept = max(min(1, rows.count), rows.count - Int((Double(rows.count) * share).rounded()))
      split.train += rows.prefix(kept)
      split.test += rows.dropFirst(kept)
    }
    split.train.sort()
    split.test.sort()
    return split
  }

  /// Sets a share of all rows aside, whoever they are of, as the lab does.
  static func anywhere(count: Int, share: Double, random: CounterRandom) -> RecommenderSplit {
    var generator = SeededGenerator(random)
    let rows = Array(0..<count).shuffled(using: &generator)
    let kept = max(1, count - Int((Double(count) * share).rounded()))
    return RecommenderSplit(train: rows.prefix(kept).sorted(), test: rows.dropFirst(kept).sorted())
  }
}

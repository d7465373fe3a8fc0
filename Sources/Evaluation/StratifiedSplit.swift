// Folds and a holdout in which both classes have their share.

public import NumericCore

/// Rows to learn from and rows to judge on.
public struct StratifiedSplit: Sendable, Equatable {
  /// The rows to learn from, ascending.
  public let train: [Int32]
  /// The rows to judge on, ascending.
  public let test: [Int32]

  /// Deals the rows of each class to folds at random; each fold is the test part of one split.
  ///
  /// The sizes of the folds differ by at most one, in total and in each class, or as little as groups
  /// allow.
  ///
  /// - Parameter groups: rows that stay in one fold; nil if each row is by itself.
  /// - Precondition: `count >= 2`.
  /// - Throws: `EvaluationError.tooFewRows` if a class has fewer rows than there are folds,
  ///   `EvaluationError.groupsTooLarge` if groups leave a fold without a class.
  public static func folds(
    labels: [Bool], groups: RowGroups? = nil, count: Int, seed: UInt64
  ) throws -> [StratifiedSplit] {
    precondition(count >= 2, "\(count) folds leave nothing to learn from")
    if let groups {
      return try parts(
        labels: labels, groups: groups,
        shares: [Double](repeating: 1 / Double(count), count: count), seed: seed)
    }
    var fold = [Int32](repeating: 0, count: labels.count)
    // The second class goes on where the first one stopped, so that totals stay level too.
    var next = 0
    for label in [false, true] {
      for row in try shuffledRows(labels, label, seed: seed, expected: count) {
        fold[Int(row)] = Int32(next % count)
        next += 1
      }
    }
    return (0..<count).map { part in StratifiedSplit(fold.map { $0 == Int32(part) }) }
  }

  /// Puts aside a share of each class, rounded to the nearest row, at least one and not all, or as
  /// near to it as groups allow.
  ///
  /// - Parameter groups: rows that stay on one side; nil if each row is by itself.
  /// - Precondition: `0 < testShare < 1`.
  /// - Throws: `EvaluationError.tooFewRows` if a class has fewer than two rows,
  ///   `EvaluationError.groupsTooLarge` if groups leave a side without a class.
  public static func holdout(
    labels: [Bool], groups: RowGroups? = nil, testShare: Double, seed: UInt64
  ) throws -> StratifiedSplit {
    precondition(testShare > 0 && testShare < 1, "\(testShare) is not a share to put aside")
    if let groups {
      return try parts(
        labels: labels, groups: groups, shares: [1 - testShare, testShare], seed: seed)[1]
    }
    var isTest = [Bool](repeating: false, count: labels.count)
    for label in [false, true] {
      let rows = try shuffledRows(labels, label, seed: seed, expected: 2)
      let wanted = Int((testShare * Double(rows.count)).rounded())
      for row in rows.prefix(min(max(wanted, 1), rows.count - 1)) { isTest[Int(row)] = true }
    }
    return StratifiedSplit(isTest)
  }

  /// One split for each part that whole groups are dealt to.
  private static func parts(
    labels: [Bool], groups: RowGroups, shares: [Double], seed: UInt64
  ) throws -> [StratifiedSplit] {
    for label in [false, true] {
      _ = try shuffledRows(labels, label, seed: seed, expected: shares.count)
    }
    let parts = groups.dealt(labels: labels, shares: shares, random: CounterRandom(seed: seed))
    var found = [SIMD2<Int>](repeating: .zero, count: shares.count)
    for (part, label) in zip(parts, labels) { found[Int(part)] &+= label ? [0, 1] : [1, 0] }
    guard found.allSatisfy({ $0.x > 0 && $0.y > 0 }) else {
      throw EvaluationError.groupsTooLarge(
        largest: Int(groups.sizes.max() ?? 0), rows: labels.count, parts: shares.count)
    }
    return shares.indices.map { part in StratifiedSplit(parts.map { $0 == Int32(part) }) }
  }

  private init(_ isTest: [Bool]) {
    let rows = Int32(0)..<Int32(isTest.count)
    train = rows.filter { !isTest[Int($0)] }
    test = rows.filter { isTest[Int($0)] }
  }

  private static func shuffledRows(
    _ labels: [Bool], _ label: Bool, seed: UInt64, expected: Int
  ) throws -> [Int32] {
    var rows = (Int32(0)..<Int32(labels.count)).filter { labels[Int($0)] == label }
    guard rows.count >= expected else {
      throw EvaluationError.tooFewRows(label: label, found: rows.count, expected: expected)
    }
    var generator = SeededGenerator(seed: seed, stream: label ? 1 : 0)
    rows.shuffle(using: &generator)
    return rows
  }
}

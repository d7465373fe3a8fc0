// Folds and holdouts: every row has its place, and both classes their share.
import Evaluation
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct StratifiedSplitTests {
  static func labels(_ count: Int, rate: Double) -> [Bool] {
    let random = CounterRandom(seed: UInt64(count))
    return (0..<count).map {
      $0 < 10 ? $0.isMultiple(of: 2) : random.uniform(at: UInt64($0)) < rate
    }
  }

  @Test(arguments: [10, 11, 57, 1_000, 1_003], [2, 3, 5])
  func `folds deal each row once and each class evenly`(count: Int, folds: Int) throws {
    let labels = Self.labels(count, rate: 0.1)
    let splits = try StratifiedSplit.folds(labels: labels, count: folds, seed: 4)
    #expect(splits.count == folds)
    let everything = (0..<count).map(Int32.init)
    #expect(splits.flatMap(\.test).sorted() == everything)
    for split in splits {
      #expect(split.test == split.test.sorted() && split.train == split.train.sorted())
      #expect((split.train + split.test).sorted() == everything)
    }
    for sizes in [
      splits.map(\.test.count),
      splits.map { split in split.test.count { labels[Int($0)] } },
      splits.map { split in split.test.count { !labels[Int($0)] } },
    ] {
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
  }

  @Test(arguments: [10, 57, 1_003], [0.01, 0.2, 0.5, 0.99])
  func `a holdout takes its share of each class`(count: Int, share: Double) throws {
    let labels = Self.labels(count, rate: 0.3)
    let split = try StratifiedSplit.holdout(labels: labels, testShare: share, seed: 4)
    #expect((split.train + split.test).sorted() == (0..<count).map(Int32.init))
    #expect(split.test == split.test.sorted() && split.train == split.train.sorted())
    for label in [false, true] {
      let total = labels.count { $0 == label }
      let found = split.test.count { labels[Int($0)] == label }
      #expect(found >= 1 && found < total)
      #expect(abs(Double(found) - share * Double(total)) <= 1)
    }
  }

  /// Groups of 1 to 5 rows.
  private func groups(_ count: Int) throws -> RowGroups {
    let first = (0..<count).map { row -> Int32 in
      let place = row % 7
      return Int32(place < 5 ? row - place : row)
    }
    return try #require(RowGroups(joining: [first]))
  }

  @Test func `rows that belong together stay together, and folds stay even`() throws {
    let labels = Self.labels(1_003, rate: 0.2)
    let groups = try groups(1_003)
    let splits = try StratifiedSplit.folds(labels: labels, groups: groups, count: 5, seed: 4)
    #expect(splits.flatMap(\.test).sorted() == (0..<1_003).map(Int32.init))
    let holdout = try StratifiedSplit.holdout(
      labels: labels, groups: groups, testShare: 0.2, seed: 4)
    for split in splits + [holdout] {
      let learnt = Set(split.train.map { groups.leaders[Int($0)] })
      #expect(split.test.allSatisfy { !learnt.contains(groups.leaders[Int($0)]) })
      #expect(abs(split.test.count - 200) <= 3)
      #expect(abs(split.test.count { labels[Int($0)] } - labels.count { $0 } / 5) <= 3)
    }
    #expect(
      try StratifiedSplit.folds(labels: labels, groups: groups, count: 5, seed: 4) == splits)
    #expect(
      try StratifiedSplit.folds(labels: labels, groups: groups, count: 5, seed: 5) != splits)
  }

  @Test func `one group of nearly all rows is named`() throws {
    let labels = (0..<100).map { $0 < 60 && $0.isMultiple(of: 2) }
    let groups = RowGroups(joining: [(0..<100).map { Int32($0 < 90 ? 0 : $0) }])
    #expect(throws: EvaluationError.groupsTooLarge(largest: 90, rows: 100, parts: 5)) {
      try StratifiedSplit.folds(labels: labels, groups: groups, count: 5, seed: 1)
    }
    #expect(throws: EvaluationError.groupsTooLarge(largest: 90, rows: 100, parts: 2)) {
      try StratifiedSplit.holdout(labels: labels, groups: groups, testShare: 0.2, seed: 1)
    }
  }

  @Test func `the seed decides`() throws {
    let labels = Self.labels(500, rate: 0.3)
    func folds(_ seed: UInt64) throws -> [StratifiedSplit] {
      try StratifiedSplit.folds(labels: labels, count: 5, seed: seed)
    }
    #expect(try folds(1) == folds(1))
    #expect(try folds(1) != folds(2))
    let first = try StratifiedSplit.holdout(labels: labels, testShare: 0.2, seed: 1)
    #expect(try first == StratifiedSplit.holdout(labels: labels, testShare: 0.2, seed: 1))
    #expect(try first != StratifiedSplit.holdout(labels: labels, testShare: 0.2, seed: 2))
  }

  @Test func `a class with fewer rows than parts is named`() {
    let labels = [true, true, false, false, false]
    #expect(throws: EvaluationError.tooFewRows(label: true, found: 2, expected: 3)) {
      try StratifiedSplit.folds(labels: labels, count: 3, seed: 1)
    }
    #expect(throws: EvaluationError.tooFewRows(label: false, found: 1, expected: 2)) {
      try StratifiedSplit.holdout(labels: [true, true, false], testShare: 0.5, seed: 1)
    }
    let error = EvaluationError.tooFewRows(label: true, found: 2, expected: 3)
    #expect(error.description == "2 rows are positive: expected at least 3")
  }
}

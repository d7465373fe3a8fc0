// The metrics against definitions written out in full, and on cases whose answer is known.
import Evaluation
import Foundation
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct BinaryMetricsTests {
  let pool = WorkerPool(threads: 2)

  /// The chance that a positive row has the higher probability, by comparing all pairs.
  static func naiveAUC(_ rows: ScoredRows) -> Double {
    var wins = 0.0
    var pairs = 0.0
    for positive in 0..<rows.count where rows.labels[positive] {
      for negative in 0..<rows.count where !rows.labels[negative] {
        let weight = (rows.weights?[positive] ?? 1) * (rows.weights?[negative] ?? 1)
        let (high, low) = (rows.probabilities[positive], rows.probabilities[negative])
        wins += weight * (high > low ? 1 : high == low ? 0.5 : 0)
        pairs += weight
      }
    }
    return wins / pairs
  }

  /// The mean lift over random orders of tied rows, the row at the cut in part.
  static func naiveLift(_ rows: ScoredRows, share: Double, orders: Int) -> Double {
    let weights = rows.weights ?? [Double](repeating: 1, count: rows.count)
    let total = weights.reduce(0, +)
    let rate = (0..<rows.count).reduce(0) { $0 + (rows.labels[$1] ? weights[$1] : 0) } / total
    var generator = SeededGenerator(seed: 5)
    var lifts = 0.0
    for _ in 0..<orders {
      let order = (0..<rows.count).shuffled(using: &generator)
        .sorted { rows.probabilities[$0] > rows.probabilities[$1] }
      var left = share * total
      var positives = 0.0
      for row in order {
        let taken = min(left, weights[row])
        left -= taken
        if rows.labels[row] { positives += taken }
      }
      lifts += positives / (share * total) / rate
    }
    return lifts / Double(orders)
  }

  @Test(arguments: RowShape.all)
  func `auc equals the comparison of all pairs`(shape: RowShape) throws {
    let rows = try shape.make()
    let metrics = try BinaryMetrics(rows, pool: pool)
    #expect(abs(metrics.auc - Self.naiveAUC(rows)) < 1e-12)
    #expect(metrics.rows == shape.rows)
    #expect(metrics.positives == rows.labels.filter { $0 }.count)
  }

  @Test(arguments: RowShape.all)
  func `lift is the expectation over the orders of tied rows`(shape: RowShape) throws {
    let rows = try shape.make()
    let lift = try BinaryMetrics(rows, pool: pool).liftAt10
    guard shape.levels != nil else {
      #expect(abs(lift - Self.naiveLift(rows, share: 0.1, orders: 1)) < 1e-9)
      return
    }
    #expect(abs(lift - Self.naiveLift(rows, share: 0.1, orders: 300)) < 0.08)
  }

  @Test func `a perfect ranking and its reverse have auc 1 and 0`() throws {
    let labels = [false, false, false, true, true]
    let rising = [0.1, 0.2, 0.3, 0.8, 0.9]
    let good = try BinaryMetrics(ScoredRows(labels: labels, probabilities: rising), pool: pool)
    #expect(good.auc == 1 && good.prAUC == 1 && good.aucInterval == 1...1)
    #expect(good.liftAt10 == 2.5)
    let bad = try BinaryMetrics(
      ScoredRows(labels: labels, probabilities: rising.reversed()), pool: pool)
    #expect(bad.auc == 0 && bad.liftAt10 == 0)
  }

  @Test func `equal probabilities rank nothing`() throws {
    let rows = try ScoredRows(
      labels: [true, false, false, false], probabilities: [0.25, 0.25, 0.25, 0.25])
    let metrics = try BinaryMetrics(rows, pool: pool)
    #expect(metrics.auc == 0.5 && metrics.aucInterval == 0.5...0.5)
    #expect(metrics.prAUC == 0.25 && metrics.liftAt10 == 1 && metrics.ece == 0)
  }

  @Test func `certain and wrong costs the logarithm of the clip`() throws {
    let rows = try ScoredRows(labels: [true, false], probabilities: [0, 1])
    let metrics = try BinaryMetrics(rows, pool: pool)
    #expect(abs(metrics.logLoss - 52 * log(2)) < 1e-12)
    #expect(metrics.brier == 1)
  }

  @Test func `a weight of two is the same as the row twice`() throws {
    let rows = try RowShape(rows: 400, levels: 30).make()
    let twice = try ScoredRows(
      labels: rows.labels + rows.labels, probabilities: rows.probabilities + rows.probabilities)
    let weighted = try ScoredRows(
      labels: rows.labels, probabilities: rows.probabilities,
      weights: [Double](repeating: 2, count: rows.count))
    let left = try BinaryMetrics(twice, pool: pool)
    let right = try BinaryMetrics(weighted, pool: pool)
    for metric in [\BinaryMetrics.auc, \.logLoss, \.prAUC, \.brier, \.ece, \.liftAt10] {
      #expect(abs(left[keyPath: metric] - right[keyPath: metric]) < 1e-12)
    }
  }

  @Test func `rows without an answer are refused with the row and what was found`() {
    #expect(throws: EvaluationError.empty) { try ScoredRows(labels: [], probabilities: []) }
    #expect(throws: EvaluationError.probability(row: 1, found: 1.5)) {
      try ScoredRows(labels: [true, false], probabilities: [0.5, 1.5])
    }
    #expect(throws: EvaluationError.weight(row: 0, found: -1)) {
      try ScoredRows(labels: [true, false], probabilities: [0.5, 0.5], weights: [-1, 1])
    }
    #expect(throws: EvaluationError.oneClass(label: true, rows: 2)) {
      try BinaryMetrics(
        ScoredRows(labels: [true, true], probabilities: [0.5, 0.6]), pool: pool)
    }
    #expect(throws: EvaluationError.oneClass(label: false, rows: 2)) {
      try BinaryMetrics(
        ScoredRows(labels: [true, false], probabilities: [0.5, 0.6], weights: [0, 1]), pool: pool)
    }
    #expect {
      try ScoredRows(labels: [true], probabilities: [.nan])
    } throws: { error in
      guard case EvaluationError.probability(0, let found) = error else { return false }
      return found.isNaN
    }
    let error = EvaluationError.oneClass(label: true, rows: 7)
    #expect(error.description == "all 7 rows are positive: expected rows of both classes")
  }

  @Test func `the JSON has the documented names and reads back`() throws {
    let metrics = try BinaryMetrics(RowShape(rows: 100).make(), pool: pool)
    let data = try JSONEncoder().encode(metrics)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "auc", "log_loss", "pr_auc", "brier", "ece", "lift_at_10", "auc_interval", "rows",
        "positives",
      ])
    #expect((object["auc_interval"] as? [Double])?.count == 2)
    #expect(try JSONDecoder().decode(BinaryMetrics.self, from: data) == metrics)
  }

  @Test func `rows that repeat each other make nothing surer`() throws {
    let labels = (0..<200).map { $0 % 3 == 0 }
    let scores = (0..<200).map { Double($0 * 37 % 199) / 199 }
    func times<Value>(_ values: [Value], _ count: Int) -> [Value] {
      (0..<count).flatMap { _ in values }
    }
    let groups = RowGroups(joining: [(0..<1_800).map { Int32($0 % 200) }])
    func width(_ count: Int, _ groups: RowGroups?) throws -> Double {
      let rows = try ScoredRows(
        labels: times(labels, count), probabilities: times(scores, count), groups: groups)
      let interval = try BinaryMetrics(rows, pool: pool).aucInterval
      let paired = try PairedComparison(
        labels: rows.labels, first: rows.probabilities, second: rows.probabilities.reversed(),
        groups: groups, pool: pool
      ).auc
      #expect(paired.lower < 0 && paired.upper > 0)
      return interval.upperBound - interval.lowerBound
    }
    let once = try width(1, nil)
    #expect(try abs(width(9, groups) / once - 1) < 0.15)
    #expect(try width(9, nil) < once / 2)
  }
}

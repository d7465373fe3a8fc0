// The interval: independent of threads, as wide as theory says, and the replicates as a slow twin
// computes them.
import NumericCore
import TestSupport
import Testing

@testable import Evaluation

@Suite(.onOwnThread) struct BootstrapIntervalTests {
  @Test(arguments: RowShape.all)
  func `the interval does not depend on the threads`(shape: RowShape) throws {
    let rows = try shape.make()
    let expected = try BinaryMetrics(rows, seed: 3, pool: WorkerPool(threads: 1))
    for threads in 2...4 {
      #expect(try BinaryMetrics(rows, seed: 3, pool: WorkerPool(threads: threads)) == expected)
    }
    #expect(expected.aucInterval.lowerBound >= 0 && expected.aucInterval.upperBound <= 1)
  }

  @Test func `another seed gives nearly but not exactly the same interval`() throws {
    let rows = try RowShape(rows: 2_000).make()
    let pool = WorkerPool(threads: 2)
    let first = try BinaryMetrics(rows, seed: 1, pool: pool).aucInterval
    let second = try BinaryMetrics(rows, seed: 2, pool: pool).aucInterval
    #expect(first != second)
    #expect(abs(first.lowerBound - second.lowerBound) < 0.004)
    #expect(abs(first.upperBound - second.upperBound) < 0.004)
  }

  @Test(arguments: RowShape.all)
  func `replicates equal the auc of rows drawn as often as the bits say`(shape: RowShape) throws {
    let rows = try shape.make()
    let interval = BootstrapInterval(
      try Ranking(rows), rows: rows.count, seed: 11, pool: WorkerPool(threads: 2))
    let order = (0..<rows.count).sorted { rows.probabilities[$0] < rows.probabilities[$1] }
    var expected: [Double] = []
    for replicate in 0..<5 {
      let random = CounterRandom(seed: 11).split(UInt64(replicate))
      var weights = [Double](repeating: 0, count: rows.count)
      for (position, row) in order.enumerated() {
        let word = random.bits(at: UInt64(position / 4)) >> UInt64(16 * (position % 4))
        let draw = Self.poisson((Double(word & 0xffff) + 0.5) / 65_536)
        weights[row] = Double(draw) * (rows.weights?[row] ?? 1)
      }
      let drawn = try ScoredRows(
        labels: rows.labels, probabilities: rows.probabilities, weights: weights)
      let auc = BinaryMetricsTests.naiveAUC(drawn)
      if !auc.isNaN { expected.append(auc) }
    }
    for auc in expected {
      #expect(interval.replicates.contains { abs($0 - auc) < 1e-12 })
    }
  }

  /// The Poisson(1) number at which the cumulative probability passes `share`.
  static func poisson(_ share: Double) -> Int {
    var (value, term) = (0, 1 / 2.718281828459045)
    var cumulative = term
    while share > cumulative {
      value += 1
      term /= Double(value)
      cumulative += term
    }
    return value
  }

  @Test func `the width agrees with the variance by DeLong`() throws {
    let rows = try RowShape(rows: 3_000).make()
    let auc = BinaryMetricsTests.naiveAUC(rows)
    // DeLong et al. 1988: the variances of each class's mean placement among the other.
    func placements(_ label: Bool) -> [Double] {
      let others = (0..<rows.count).filter { rows.labels[$0] != label }
      return (0..<rows.count).filter { rows.labels[$0] == label }.map { row in
        let wins = others.count { (rows.probabilities[row] > rows.probabilities[$0]) == label }
        return Double(wins) / Double(others.count)
      }
    }
    let variance = [placements(true), placements(false)].reduce(0.0) { sum, values in
      let spread = values.reduce(0.0) { $0 + ($1 - auc) * ($1 - auc) }
      return sum + spread / Double(values.count - 1) / Double(values.count)
    }
    let interval = try BinaryMetrics(rows, pool: WorkerPool(threads: 2)).aucInterval
    let width = interval.upperBound - interval.lowerBound
    #expect(abs(width / (2 * 1.96 * variance.squareRoot()) - 1) < 0.12)
    #expect(interval.contains(auc))
  }

  @Test func `large inputs get fewer replicates`() {
    let counts = [1, 50_000, 100_000, 500_000, 10_000_000].map {
      PoissonBootstrap.replicateCount(rows: $0)
    }
    #expect(counts == [1_000, 1_000, 500, 100, 100])
  }
}

// Comparisons of two models and of two samples, beside slow and obvious twins.
import NumericCore
import TestSupport
import Testing

@testable import Evaluation

@Suite(.onOwnThread) struct PairedComparisonTests {
  private let pool = WorkerPool(threads: 3)

  /// Labels and two models' probabilities; the second one's error is `noise` times as large.
  private func sample(
    rows: Int, noise: Double, seed: UInt64
  ) -> (labels: [Bool], first: [Double], second: [Double]) {
    var random = SeededGenerator(seed: seed, stream: 3)
    func uniform() -> Double { Double.random(in: 0..<1, using: &random) }
    var labels: [Bool] = []
    var first: [Double] = []
    var second: [Double] = []
    for _ in 0..<rows {
      let risk = uniform()
      labels.append(uniform() < risk)
      // Rounded, so that there are ties.
      first.append((min(1, max(0, risk + 0.4 * (uniform() - 0.5))) * 50).rounded() / 50)
      second.append(min(1, max(0, risk + 0.4 * noise * (uniform() - 0.5))))
    }
    return (labels, first, second)
  }

  @Test func `differences are those of the measures`() throws {
    for (rows, seed) in [(40, 1), (333, 2), (1_500, 3)] {
      let (labels, first, second) = sample(rows: rows, noise: 3, seed: UInt64(seed))
      let paired = try PairedComparison(
        labels: labels, first: first, second: second, pool: pool)
      let measures = try [first, second].map {
        try BinaryMetrics(ScoredRows(labels: labels, probabilities: $0), pool: pool)
      }
      #expect(abs(paired.auc.value - (measures[1].auc - measures[0].auc)) < 1e-12)
      #expect(abs(paired.logLoss.value - (measures[1].logLoss - measures[0].logLoss)) < 1e-12)
      #expect(abs(paired.brier.value - (measures[1].brier - measures[0].brier)) < 1e-12)
      #expect(paired.auc.lower <= paired.auc.value && paired.auc.value <= paired.auc.upper)
    }
  }

  @Test func `a model is not better than itself, whatever the sample`() throws {
    let (labels, first, _) = sample(rows: 500, noise: 1, seed: 4)
    let paired = try PairedComparison(labels: labels, first: first, second: first, pool: pool)
    for difference in [paired.auc, paired.logLoss, paired.brier] {
      #expect(difference.value == 0 && difference.lower == 0 && difference.upper == 0)
    }
  }

  @Test func `what pairs share cancels out`() throws {
    let (labels, first, second) = sample(rows: 2_000, noise: 1.05, seed: 5)
    let paired = try PairedComparison(labels: labels, first: first, second: second, pool: pool)
    let alone = try BinaryMetrics(ScoredRows(labels: labels, probabilities: first), pool: pool)
    let width = alone.aucInterval.upperBound - alone.aucInterval.lowerBound
    #expect(paired.auc.upper - paired.auc.lower < width)
    let worse = sample(rows: 2_000, noise: 8, seed: 6)
    let clear = try PairedComparison(
      labels: worse.labels, first: worse.first, second: worse.second, pool: pool)
    #expect(clear.auc.upper < 0 && clear.auc.shareBelow > 0.99 && clear.brier.lower > 0)
  }

  @Test func `the pool changes nothing`() throws {
    let (labels, first, second) = sample(rows: 701, noise: 2, seed: 7)
    let results = try [1, 2, 4].map {
      try PairedComparison(
        labels: labels, first: first, second: second, pool: WorkerPool(threads: $0))
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test func `the stability index of one population stays below its chance limit`() {
    var random = SeededGenerator(seed: 8, stream: 1)
    func draw(_ count: Int, shift: Int = 0) -> [Int] {
      var counts = [Int](repeating: 0, count: 11)
      for _ in 0..<count { counts[min(10, Int.random(in: 0..<11, using: &random) + shift)] += 1 }
      return counts
    }
    for size in [60, 500, 5_000] {
      let limit = PopulationStability.chanceLimit(bins: 11, reference: 4_000, current: size)
      let above = (0..<1_000).count { _ in
        PopulationStability.index(reference: draw(4_000), current: draw(size)) > limit
      }
      #expect(above <= 8, "\(above) of 1,000 at \(size) rows")
      #expect(
        PopulationStability.index(reference: draw(4_000), current: draw(size, shift: 3)) > limit)
    }
    #expect(PopulationStability.index(reference: [5, 5], current: [5, 5]) == 0)
  }

  @Test func `the calibration slope tells bold and timid probabilities`() throws {
    var random = SeededGenerator(seed: 9, stream: 1)
    let risks = (0..<20_000).map { _ in Double.random(in: 0.05..<0.95, using: &random) }
    let labels = risks.map { Double.random(in: 0..<1, using: &random) < $0 }
    for factor in [0.5, 1, 2] {
      let probabilities = risks.map { risk in
        1 / (1 + VectorMath.exp([-factor * VectorMath.log([risk / (1 - risk)])[0]])[0])
      }
      let slope = CalibrationSlope(try ScoredRows(labels: labels, probabilities: probabilities))
      #expect(abs(slope.slope - 1 / factor) < 4 * slope.error, "\(slope)")
      #expect(slope.error < 0.05 / factor)
    }
    let constant = CalibrationSlope(
      try ScoredRows(labels: [true, false, true], probabilities: [0.5, 0.5, 0.5]))
    #expect(constant.slope == 1 && constant.error == .infinity)
  }
}

// The metrics of predicted numbers: by hand, and against scikit-learn on random rows.
import Evaluation
import Foundation
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct RegressionMetricsTests {
  let pool = WorkerPool(threads: 2)

  @Test func `metrics are those that a hand computes`() throws {
    let metrics = try RegressionMetrics(
      targets: [1, 2, 3, 6], predictions: [2, 2, 1, 5], pool: pool)
    #expect(metrics.rmse == 1.5.squareRoot())
    #expect(metrics.mae == 1)
    #expect(metrics.r2 == 1 - 6.0 / 14)
    let deviances = [2 * (log(0.5) + 1), 0, 2 * (3 * log(3.0) - 2), 2 * (6 * log(1.2) - 1)]
    let expected = deviances.reduce(0, +) / 4
    #expect(abs(try #require(metrics.meanPoissonDeviance) - expected) < 1e-12)
  }

  @Test func `a metric that has no value is nil`() throws {
    let constant = try RegressionMetrics(targets: [2, 2], predictions: [2, 3], pool: pool)
    #expect(constant.r2 == nil && constant.meanPoissonDeviance != nil)
    let negative = try RegressionMetrics(targets: [-1, 2], predictions: [1, 3], pool: pool)
    #expect(negative.meanPoissonDeviance == nil && negative.r2 != nil)
    let zero = try RegressionMetrics(targets: [1, 2], predictions: [0, 3], pool: pool)
    #expect(zero.meanPoissonDeviance == nil)
    let perfect = try RegressionMetrics(targets: [1, 2], predictions: [1, 2], pool: pool)
    #expect(perfect.rmse == 0 && perfect.r2 == 1 && perfect.rmseInterval == nil)
    #expect(throws: EvaluationError.empty) {
      _ = try RegressionMetrics(targets: [], predictions: [], pool: pool)
    }
  }

  /// Numbers with gaps of a size of their own.
  private func rows(_ count: Int, seed: UInt64) -> (targets: [Double], predictions: [Double]) {
    var generator = SeededGenerator(seed: seed)
    let targets = (0..<count).map { _ in Double(Int.random(in: 0...20, using: &generator)) }
    return (targets, targets.map { $0 / 2 + Double.random(in: 0.1...6, using: &generator) })
  }

  @Test func `the interval holds the error, and does not depend on threads`() throws {
    let (targets, predictions) = rows(500, seed: 1)
    let all = try [1, 2, 4].map {
      try RegressionMetrics(
        targets: targets, predictions: predictions, seed: 3, pool: WorkerPool(threads: $0))
    }
    #expect(all[0] == all[1] && all[0] == all[2])
    let interval = try #require(all[0].rmseInterval)
    #expect(interval.contains(all[0].rmse))
    // About four standard errors of a mean of squares, on the scale of its root.
    #expect(interval.upperBound - interval.lowerBound < 0.3 * all[0].rmse)
  }

  @Test func `rows of one group are drawn together`() throws {
    let (targets, predictions) = rows(300, seed: 2)
    let tripled = targets.indices.flatMap { [$0, $0, $0] }
    let groups = RowGroups(joining: [tripled.indices.map { Int32($0 - $0 % 3) }])
    func width(_ groups: RowGroups?) throws -> Double {
      let interval = try #require(
        try RegressionMetrics(
          targets: tripled.map { targets[$0] }, predictions: tripled.map { predictions[$0] },
          groups: groups, pool: pool
        ).rmseInterval)
      return interval.upperBound - interval.lowerBound
    }
    let ratio = try width(groups) / width(nil)
    #expect(ratio > 1.4 && ratio < 2.1, "\(ratio)")
  }

  struct Case: Encodable {
    let targets, predictions: [Double]
  }

  struct Answer: Decodable {
    let rmse, mae, r2, deviance: Double
  }

  @Test(.enabled(if: ScikitLearnTests.isAvailable, "MLCORE_TEST_PYTHON names no Python"))
  func `every metric of numbers that scikit-learn has agrees with it`() throws {
    let cases = [2, 3, 10, 77, 1_000].map { count -> Case in
      let rows = rows(count, seed: UInt64(count))
      return Case(targets: [0] + rows.targets, predictions: [1] + rows.predictions)
    }
    let answers: [Answer] = try ScikitLearnTests.answers(
      cases,
      script: """
        import json, sys
        import numpy as np
        from sklearn import metrics
        answers = []
        for case in json.load(sys.stdin):
            y, p = np.array(case["targets"]), np.array(case["predictions"])
            answers.append(dict(
                rmse=metrics.mean_squared_error(y, p) ** 0.5,
                mae=metrics.mean_absolute_error(y, p),
                r2=metrics.r2_score(y, p),
                deviance=metrics.mean_poisson_deviance(y, p)))
        json.dump(answers, sys.stdout)
        """)
    #expect(answers.count == cases.count)
    for (own, answer) in zip(cases, answers) {
      let metrics = try RegressionMetrics(
        targets: own.targets, predictions: own.predictions, pool: pool)
      for (name, ours, theirs) in [
        ("rmse", metrics.rmse, answer.rmse), ("mae", metrics.mae, answer.mae),
        ("r2", try #require(metrics.r2), answer.r2),
        ("deviance", try #require(metrics.meanPoissonDeviance), answer.deviance),
      ] {
        #expect(
          abs(ours - theirs) <= 1e-11 * max(1, abs(theirs)),
          "\(name) of \(own.targets.count) rows: \(ours), scikit-learn says \(theirs)")
      }
    }
  }
}

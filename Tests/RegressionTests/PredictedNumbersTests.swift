// The losses by which regression models are compared.
import Evaluation
import NumericCore
import TestSupport
import Testing

@testable import Regression

@Suite(.onOwnThread) struct PredictedNumbersTests {
  private let pool = WorkerPool(threads: 4)

  @Test func `a loss is that of the metrics, and rows of a group count as one`() throws {
    var random = SeededGenerator(seed: 2)
    let targets = (0..<200).map { _ in Double(Int.random(in: 0..<20, using: &random)) }
    let predictions = targets.map { max(0.5, $0 + Double.random(in: -4..<4, using: &random)) }
    let metrics = try RegressionMetrics(targets: targets, predictions: predictions, pool: pool)
    let rows = try PredictedNumbers(targets: targets, predictions: predictions, groups: nil)
    for (measure, expected) in [
      (RegressionMetric.rmse, metrics.rmse), (.mae, metrics.mae),
      (.meanPoissonDeviance, try #require(metrics.meanPoissonDeviance)),
    ] {
      let loss = rows.loss(by: measure, pool: pool)
      #expect(abs(loss.second - expected) < 1e-9 && loss.first == 0)
      #expect(loss.lower < expected && expected < loss.upper)
      let none = rows.loss(beside: rows, by: measure, pool: pool)
      #expect(none.value == 0 && none.lower == 0 && none.upper == 0)
    }
    // Ten times each row is no more evidence than each row once.
    let ten = (0..<2_000).map { Int32($0 / 10 * 10) }
    func tenfold(_ values: [Double]) -> [Double] {
      values.flatMap { [Double](repeating: $0, count: 10) }
    }
    func width(_ groups: RowGroups?) throws -> Double {
      let loss = try PredictedNumbers(
        targets: tenfold(targets), predictions: tenfold(predictions), groups: groups
      ).loss(by: .rmse, pool: pool)
      #expect(abs(loss.second - metrics.rmse) < 1e-9)
      return loss.upper - loss.lower
    }
    let single = rows.loss(by: .rmse, pool: pool)
    let grouped = try width(RowGroups(joining: [ten]))
    #expect(abs(grouped / (single.upper - single.lower) - 1) < 0.01)
    #expect(try width(nil) < 0.5 * grouped)
  }

  @Test func `a loss is finite whatever is predicted`() throws {
    let rows = try PredictedNumbers(
      targets: [0, 3, 1e11], predictions: [0, -.infinity, .infinity], groups: nil)
    for measure in RegressionMetric.allCases {
      let loss = rows.loss(by: measure, pool: pool)
      #expect(loss.second.isFinite && loss.upper.isFinite, "\(measure) \(loss)")
    }
    #expect(throws: EvaluationError.empty) {
      try PredictedNumbers(targets: [], predictions: [], groups: nil)
    }
  }

  @Test func `a constant is the one of the least loss`() throws {
    let rows = try PredictedNumbers(
      targets: [0, 1, 2, 3, 94], predictions: [0, 0, 0, 0, 0], groups: nil)
    for (measure, constant) in [
      (RegressionMetric.rmse, 20.0), (.mae, 2), (.meanPoissonDeviance, 20),
    ] {
      let found = try rows.constant(by: measure)
      #expect(found.predictions == [Double](repeating: constant, count: 5))
    }
  }
}

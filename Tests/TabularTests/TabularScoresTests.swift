// Scores in documents: what is written is read back, and what no measurement gives is refused.
import NumericCore
import Storage
import TestSupport
import Testing

@testable import Classification
@testable import LearningTasks
@testable import Regression
@testable import Tabular

@Suite(.onOwnThread) struct TabularScoresTests {
  private let pool = WorkerPool(threads: 2)

  private func numbers(_ predictions: [Double]) throws -> RegressionScores {
    try RegressionScores(
      PredictedRows(labels: [1, 2, 3, 4], predictions: predictions), seed: 1, drawsInterval: true,
      pool: pool)
  }

  private func read<Scores: TabularScores>(_ type: Scores.Type, _ text: String) throws -> Scores {
    try JSONDocument.value(type, from: Array(text.utf8), file: "metrics.json")
  }

  @Test func `intervals of tables that no training reads have one seed for each kind of scores`()
    throws
  {
    #expect(ClassifierMetrics.usualSeed == 42)
    #expect(RegressionScores.usualSeed == 0)
  }

  @Test func `scores are read back as they were written`() throws {
    let classes = try ClassifierMetrics(
      PredictedRows(
        labels: (0..<40).map { $0 % 3 == 0 ? 1 : 0 },
        predictions: (0..<40).map { Double($0 * 7 % 40) / 41 }),
      seed: 1, drawsInterval: true, pool: pool)
    #expect(classes.interval?.count == 2)
    let text = try JSONDocument.text(of: classes)
    #expect(try read(ClassifierMetrics.self, text) == classes)
    for key in ["auc", "log_loss", "pr_auc", "brier", "ece", "lift_at_10", "auc_interval"] {
      #expect(text.contains("\"\(key)\" : "), "\(key)")
    }
    // A prediction below 0 has no Poisson deviance.
    let scores = try numbers([1, 2, 4, -3])
    let written = try JSONDocument.text(of: scores)
    #expect(written.contains("\"mean_poisson_deviance\" : null"), "\(written)")
    #expect(scores.meanPoissonDeviance == nil)
    #expect(try read(RegressionScores.self, written) == scores)
  }

  @Test func `the bound of an export follows the size of the predicted numbers`() {
    typealias Model = TabularTask<Regression>.Model
    #expect(Model.limit(ofNumbers: [0.001, -0.002]) == 1e-5 * 0.002)
    #expect(Model.limit(ofNumbers: [3e6, 1]) == 1e-5 * 3e6)
    #expect(Model.limit(ofNumbers: []) == 0)
  }

  @Test func `equal probabilities have no interval`() throws {
    let scores = try ClassifierMetrics(
      PredictedRows(labels: [0, 1, 0, 1], predictions: [0.5, 0.5, 0.5, 0.5]), seed: 1,
      drawsInterval: true, pool: pool)
    #expect(scores.interval == nil && scores.auc == 0.5)
  }

  @Test(arguments: [
    (#""rmse":1"#, #""rmse":-1"#), (#""mae":1"#, #""mae":null"#), (#""r2":0.5"#, #""r2":1.5"#),
    ("[1,2]", "[2,1]"), ("[1,2]", "[1]"), ("[1,2]", "[-1,2]"), (#""mae":1"#, #""mae":"1""#),
  ])
  func `scores that no measurement gives are refused`(old: String, new: String) throws {
    let text = #"{"rmse":1,"mae":1,"r2":0.5,"mean_poisson_deviance":null,"rmse_interval":[1,2]}"#
    #expect(try read(RegressionScores.self, text).interval == [1, 2])
    #expect(throws: StorageError.self) {
      try read(RegressionScores.self, text.replacing(old, with: new))
    }
  }

  @Test func `a mean has no number that one of the scores lacks, and no interval`() throws {
    let (first, second) = (try numbers([1, 2, 3, 5]), try numbers([1, 2, 4, -3]))
    let mean = RegressionScores.mean(of: [first, second])
    #expect(mean.rmse == ((first.rmse + second.rmse) / 2).reported)
    #expect(mean.r2 != nil && mean.meanPoissonDeviance == nil && mean.interval == nil)
    #expect(RegressionScores.mean(of: [first, first]).meanPoissonDeviance != nil)
  }
}

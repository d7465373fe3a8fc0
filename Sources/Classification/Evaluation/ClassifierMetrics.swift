// The measures by which classifiers are compared.
import Evaluation
import LearningTasks
package import NumericCore
package import Tabular

/// How well probabilities agree with what happened.
package struct ClassifierMetrics: TabularScores, Equatable {
  /// The area under the ROC curve.
  package var auc = 0.0
  /// The mean negative log-likelihood, natural logarithm.
  package var logLoss = 0.0
  /// The area under the precision-recall curve (average precision).
  package var prAUC = 0.0
  /// The mean squared error of the probabilities.
  package var brier = 0.0
  /// The expected calibration error.
  package var ece = 0.0
  /// How many times more positive rows the top 10 % hold than a random tenth.
  package var liftAt10 = 0.0
  package var interval: [Double]?

  package static var fields: [ScoreField<Self>] {
    [
      ScoreField("auc", \.auc, in: 0...1), ScoreField("log_loss", \.logLoss),
      ScoreField("pr_auc", \.prAUC, in: 0...1), ScoreField("brier", \.brier, in: 0...1),
      ScoreField("ece", \.ece, in: 0...1), ScoreField("lift_at_10", \.liftAt10),
    ]
  }
  package static let intervalKey = "auc_interval"
  package static let usualSeed: UInt64 = 42

  package init() {}

  package init(
    _ rows: PredictedRows, seed: UInt64, drawsInterval: Bool, pool: WorkerPool
  ) throws {
    // Where all probabilities are equal there is nothing to draw.
    let draws = drawsInterval && rows.predictions.contains { $0 != rows.predictions[0] }
    self.init(try BinaryMetrics(ScoredRows(rows), seed: seed, drawsInterval: draws, pool: pool))
  }

  /// Takes over what was measured on some rows.
  init(_ measured: BinaryMetrics) {
    auc = measured.auc.reported
    logLoss = measured.logLoss.reported
    prAUC = measured.prAUC.reported
    brier = measured.brier.reported
    ece = measured.ece.reported
    liftAt10 = measured.liftAt10.reported
    interval = measured.aucInterval.reportedEnds
  }

  /// The interval of the AUC.
  var aucInterval: [Double]? { interval }
}

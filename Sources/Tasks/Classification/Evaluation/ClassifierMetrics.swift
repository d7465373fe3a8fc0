// The measures by which classifiers are compared, and their mean over folds.
import Evaluation
package import NumericCore

/// How well probabilities agree with what happened.
///
/// The numbers have nine significant digits: further ones depend on the order in which the linear
/// algebra of a processor adds, and mean nothing.
public struct ClassifierMetrics: TabularScores, Equatable {
  /// The area under the ROC curve.
  public var auc: Double
  /// The mean negative log-likelihood, natural logarithm.
  public var logLoss: Double
  /// The area under the precision-recall curve (average precision).
  public var prAUC: Double
  /// The mean squared error of the probabilities.
  public var brier: Double
  /// The expected calibration error.
  public var ece: Double
  /// How many times more positive rows the top 10 % hold than a random tenth.
  public var liftAt10: Double
  /// Of the AUC; null in JSON where it was not drawn or has no width.
  package var interval: [Double]?

  enum CodingKeys: String, CodingKey {
    case auc, brier, ece
    case logLoss = "log_loss"
    case prAUC = "pr_auc"
    case liftAt10 = "lift_at_10"
    case interval = "auc_interval"
  }

  package init(
    _ rows: PredictedRows, seed: UInt64, drawsInterval: Bool, pool: WorkerPool
  ) throws {
    // Where all probabilities are equal there is nothing to draw.
    let draws = drawsInterval && rows.predictions.contains { $0 != rows.predictions[0] }
    self.init(try BinaryMetrics(ScoredRows(rows), seed: seed, drawsInterval: draws, pool: pool))
  }

  /// Takes over what was measured on some rows.
  init(_ measured: BinaryMetrics) {
    self.init(
      auc: measured.auc, logLoss: measured.logLoss, prAUC: measured.prAUC, brier: measured.brier,
      ece: measured.ece, liftAt10: measured.liftAt10)
    let drawn = measured.aucInterval
    interval =
      drawn.lowerBound < drawn.upperBound
      ? [drawn.lowerBound, drawn.upperBound].map(\.reported) : nil
  }

  /// The interval of the AUC.
  package var aucInterval: [Double]? { interval }

  /// Reads metrics; what no measurement gives is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let positive = 0...Double.greatestFiniteMagnitude
    auc = try container.number(.auc, in: 0...1)
    logLoss = try container.number(.logLoss, in: positive)
    prAUC = try container.number(.prAUC, in: 0...1)
    brier = try container.number(.brier, in: 0...1)
    ece = try container.number(.ece, in: 0...1)
    liftAt10 = try container.number(.liftAt10, in: positive)
    interval = try container.interval(.interval, in: 0...1)
  }

  /// Writes all metrics, the interval as null where there is none.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(auc, forKey: .auc)
    try container.encode(logLoss, forKey: .logLoss)
    try container.encode(prAUC, forKey: .prAUC)
    try container.encode(brier, forKey: .brier)
    try container.encode(ece, forKey: .ece)
    try container.encode(liftAt10, forKey: .liftAt10)
    try container.encode(interval, forKey: .interval)
  }

  private init(
    auc: Double, logLoss: Double, prAUC: Double, brier: Double, ece: Double, liftAt10: Double
  ) {
    self.auc = auc.reported
    self.logLoss = logLoss.reported
    self.prAUC = prAUC.reported
    self.brier = brier.reported
    self.ece = ece.reported
    self.liftAt10 = liftAt10.reported
  }

  package static func mean(of metrics: [ClassifierMetrics]) -> ClassifierMetrics {
    precondition(!metrics.isEmpty, "the mean of no metrics")
    func mean(_ value: (ClassifierMetrics) -> Double) -> Double {
      metrics.reduce(0) { $0 + value($1) } / Double(metrics.count)
    }
    return ClassifierMetrics(
      auc: mean(\.auc), logLoss: mean(\.logLoss), prAUC: mean(\.prAUC), brier: mean(\.brier),
      ece: mean(\.ece), liftAt10: mean(\.liftAt10))
  }
}

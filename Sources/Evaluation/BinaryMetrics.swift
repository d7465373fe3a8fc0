// The metrics that every training run and every evaluation reports for a binary target.

public import NumericCore

/// How well probabilities predict a binary label.
///
/// Encoded with the names of the command line's JSON: `auc`, `log_loss`, `pr_auc`, `brier`, `ece`,
/// `lift_at_10`, `auc_interval` (`[low, high]`), `rows`, `positives`.
public struct BinaryMetrics: Codable, Sendable, Equatable {
  /// The number of rows, whatever their weights.
  public let rows: Int
  /// The number of positive rows, whatever their weights.
  public let positives: Int
  /// The area under the ROC curve, 0.5 for equal probabilities; scikit-learn's `roc_auc_score`.
  public let auc: Double
  /// The 95 % interval of the AUC by bootstrap; see `BootstrapInterval`.
  public let aucInterval: ClosedRange<Double>
  /// The mean negative log likelihood in nats, probabilities clipped to 2⁻⁵²; scikit-learn's
  /// `log_loss`.
  public let logLoss: Double
  /// The area under the precision-recall curve as scikit-learn's `average_precision_score`.
  public let prAUC: Double
  /// The mean squared error of the probabilities; scikit-learn's `brier_score_loss`.
  public let brier: Double
  /// The expected calibration error over 15 bins of equal width; see `ReliabilityTable`.
  public let ece: Double
  /// The rate of positives in the tenth of the rows with the highest probabilities, divided by the
  /// rate in all; ties at the cut by expectation, the row at the cut in part.
  public let liftAt10: Double

  /// Computes all metrics; the result does not depend on the pool's threads.
  ///
  /// - Parameter drawsInterval: whether to spend time on the interval; without, it is the AUC alone.
  /// - Throws: `EvaluationError.oneClass` if a class has no row of nonzero weight.
  public init(
    _ rows: ScoredRows, seed: UInt64 = 42, drawsInterval: Bool = true, pool: WorkerPool
  ) throws {
    let ranking = try Ranking(rows)
    self.rows = rows.count
    positives = rows.positives
    auc = ranking.auc
    aucInterval =
      drawsInterval
      ? BootstrapInterval(ranking, rows: rows.count, seed: seed, pool: pool).range
      : ranking.auc...ranking.auc
    logLoss = rows.logLoss
    prAUC = ranking.averagePrecision
    brier = rows.brier
    ece = ReliabilityTable(rows).expectedCalibrationError
    liftAt10 = ranking.lift(share: 0.1)
  }

  private enum CodingKeys: String, CodingKey {
    case rows, positives, auc, brier, ece
    case aucInterval = "auc_interval"
    case logLoss = "log_loss"
    case prAUC = "pr_auc"
    case liftAt10 = "lift_at_10"
  }
}

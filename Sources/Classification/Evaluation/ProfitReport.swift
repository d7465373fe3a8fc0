// What acting on a model's probabilities earns, as `evaluate` tells it.
import Evaluation
import NumericCore

/// The profit of contacting customers by their probability, on the rows of one table.
package struct ProfitReport: Encodable, Sendable {
  /// The threshold that earns most; rows at or above it are contacted.
  package var threshold: Double
  /// What it earns.
  package var profit: Double
  /// The bootstrap interval of that profit at 95 %, the threshold held fixed.
  package var interval: [Double]
  /// The bootstrap interval of the threshold that earns most, at 95 %.
  package var thresholdInterval: [Double]
  /// The rows that it contacts.
  package var contacted: Int
  /// What the threshold 0.5 earns.
  package var atHalf: Double
  /// What contacting every row earns.
  package var everyone: Double
  /// What contacting no row earns.
  package var nobody = 0.0

  enum CodingKeys: String, CodingKey {
    case threshold, profit, interval, contacted, everyone, nobody
    case thresholdInterval = "threshold_interval"
    case atHalf = "at_half"
  }

  /// Finds the profits.
  ///
  /// - Throws: `EvaluationError.oneClass`.
  init(_ rows: ScoredRows, terms: ProfitTerms, pool: WorkerPool) throws {
    let curve = try ProfitCurve(rows, terms: terms, pool: pool)
    threshold = curve.best.threshold
    profit = curve.best.profit
    interval = [curve.interval.lowerBound, curve.interval.upperBound]
    thresholdInterval = [curve.thresholdInterval.lowerBound, curve.thresholdInterval.upperBound]
    contacted = Int(curve.best.contacted)
    atHalf = curve.atHalf.profit
    everyone = curve.everyone.profit
  }
}

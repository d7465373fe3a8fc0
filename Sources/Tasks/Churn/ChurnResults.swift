// metrics.json: what is known about a trained model, without anything that differs between two
// equal runs.
import Evaluation
import GradientBoosting
import Texts

/// The results of a churn run.
struct ChurnResults: Codable, Sendable {
  var rows: Int
  var columns: Int
  var positives: Int
  /// On which rows the metrics were measured, in words.
  var judgedOn: String
  var metrics: ChurnMetrics
  var folds: [ChurnMetrics]
  var baselines: ChurnReport.Baselines
  var model: ChurnReport.ModelSummary
  var importances: [ChurnReport.Importance]
  var dropped: [DroppedColumn]
  /// The class that means churn.
  var positive: String
  /// Mean prediction against what happened, on the rows of `judgedOn`.
  var reliability: [ReliabilityTable.Bin]

  enum CodingKeys: String, CodingKey {
    case rows, columns, positives, metrics, folds, baselines, model, importances, dropped, positive
    case reliability
    case judgedOn = "judged_on"
  }

  /// Collects the results of a run.
  ///
  /// - Parameters:
  ///   - continued: the model that training went on from.
  ///   - contributions: the mean absolute contribution of each feature, by name.
  init(
    data: ChurnData, judgement: ChurnJudgement, final: FittedChurn, continued: BoostedTrees?,
    contributions: [ByteText: Double]
  ) {
    rows = data.rowCount
    columns = data.columns.features.count
    positives = data.target.positiveCount
    judgedOn = judgement.judgedOn
    metrics = judgement.metrics
    folds = judgement.folds
    baselines = judgement.baselines
    let trees = final.boosting.model
    model = ChurnReport.ModelSummary(
      numTrees: trees.treeCount, continuedTrees: continued?.treeCount,
      numLeavesMean: trees.meanLeaves,
      bestIteration: final.boosting.bestIteration, calibration: final.calibration.method)
    importances = trees.importances().map {
      ChurnReport.Importance(
        feature: $0.feature, gain: $0.gain, splits: $0.splits, share: $0.share,
        meanAbsoluteContribution: contributions[ByteText($0.feature)] ?? 0)
    }
    dropped = data.columns.dropped
    positive = data.target.positive
    reliability = judgement.reliability
  }
}

extension ChurnReport {
  /// Adds to the results what concerns this run alone.
  init(
    _ results: ChurnResults, seed: Int, threads: Int, out: String, timings: Timings, data: String,
    positiveReason: String
  ) {
    rows = results.rows
    columns = results.columns
    positives = results.positives
    self.seed = seed
    self.threads = threads
    self.out = out
    metrics = results.metrics
    folds = results.folds
    baselines = results.baselines
    model = results.model
    importances = results.importances
    reliability = results.reliability
    self.timings = timings
    details = ChurnDetails(
      positive: results.positive, positiveReason: positiveReason, judgedOn: results.judgedOn,
      dropped: results.dropped, data: data)
  }
}

extension ReliabilityTable {
  /// The ten bins that reports have.
  static func reported(_ rows: ScoredRows) -> [Bin] {
    ReliabilityTable(rows, binCount: 10).bins
  }
}

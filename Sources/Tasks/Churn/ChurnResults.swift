import Evaluation
import GradientBoosting
// metrics.json: what is known about a trained model, without anything that differs between two
// equal runs.
import Storage
import Texts

/// The results of a churn run.
struct ChurnResults: Codable, Sendable {
  var rows: Int
  var columns: Int
  var positives: Int
  /// The rows that repeat each other; absent where none do.
  var repeats: ChurnReport.Repeats?
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
    case reliability, repeats
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
    repeats = data.repeats.counts
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

extension ChurnResults {
  /// Reads the results of a run folder.
  ///
  /// - Throws: `ArtifactError`.
  init(folder: String) throws {
    let name = ChurnRunFiles.metricsName
    self = try RunFolderReader.value(
      Self.self, name, of: folder, expected: "the metrics that training wrote")
    if let problem {
      throw ArtifactError.corrupt(
        file: "\(folder)/\(name)", item: "metrics", found: "with \(problem)",
        expected: "the metrics that training wrote")
    }
  }

  /// What the results contradict themselves in; nil if they do not.
  private var problem: String? {
    if rows < 1 || !(0...rows).contains(positives) {
      return "\(positives) positives in \(rows) rows"
    }
    if columns < 1 { return "\(columns) columns" }
    if model.numTrees < 0 || model.bestIteration < 0 { return "\(model.numTrees) trees" }
    if model.continuedTrees.map({ $0 < 0 || $0 > model.numTrees }) == true {
      return "more trees of an earlier model than trees"
    }
    if importances.contains(where: { $0.splits < 0 }) { return "splits below 0" }
    if reliability.contains(where: { $0.count < 0 }) { return "a bin of fewer than 0 rows" }
    return nil
  }

  /// Checks that the results are those of a model.
  ///
  /// - Throws: `ArtifactError.corrupt`.
  func check(against model: ChurnModel, folder: String) throws {
    let found = [columns, self.model.numTrees]
    let expected = [model.layout.features.count, model.trees.treeCount]
    guard found == expected else {
      throw ArtifactError.corrupt(
        file: "\(folder)/\(ChurnRunFiles.metricsName)", item: "metrics",
        found: "of \(found[0]) columns and \(found[1]) trees",
        expected: "those of the model, \(expected[0]) and \(expected[1])")
    }
  }
}

extension ChurnReport {
  /// Adds to the results what concerns this run alone.
  init(
    _ results: ChurnResults, seed: Int, threads: Int, out: String, timings: Timings, data: String,
    columnKinds: [ColumnDescription], positiveReason: String
  ) {
    rows = results.rows
    columns = results.columns
    positives = results.positives
    repeats = results.repeats
    self.seed = seed
    self.threads = threads
    self.out = out
    metrics = results.metrics
    folds = results.folds
    baselines = results.baselines
    model = results.model
    importances = results.importances
    reliability = results.reliability
    self.columnKinds = columnKinds
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

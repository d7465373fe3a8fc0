// What is measured in the training of a classifier: the part that metrics.json and the report of the
// training have in common, and the part that each has alone.
package import Evaluation
import GradientBoosting
import Texts

/// metrics.json of a churn model.
package typealias ClassifierResults = RunResults<ChurnTask>
/// The report of a churn training.
package typealias ClassifierReport = TrainingReport<ChurnTask>

/// What is measured in a training.
package struct ClassifierSummary: RunSummary {
  /// The loss and ranking of a constant prediction and of a logistic regression, on the same rows.
  package struct Baselines: Codable, Sendable {
    /// Every row gets the share of positives of the training rows.
    package var prior: ClassifierMetrics
    /// A logistic regression on one-hot encoded and standardised columns.
    package var logistic: ClassifierMetrics
  }

  /// The size of the trained model.
  package struct ModelSummary: Codable, Sendable {
    /// The number of trees.
    package var numTrees: Int
    /// How many of them are of the model that training went on from; nil where it started anew.
    package var continuedTrees: Int?
    /// The mean number of leaves of a tree.
    package var numLeavesMean: Double
    /// The number of new trees that early stopping found best.
    package var bestIteration: Int
    /// How its probabilities are calibrated.
    package var calibration: Calibration.Method

    enum CodingKeys: String, CodingKey {
      case numTrees = "num_trees"
      case continuedTrees = "continued_trees"
      case numLeavesMean = "num_leaves_mean"
      case bestIteration = "best_iteration"
      case calibration
    }
  }

  /// The rows of the table.
  package var rows: Int
  /// The columns that the model learns from.
  package var columns: Int
  /// The rows of the positive class.
  package var positives: Int
  /// The rows that repeat each other; absent where none do.
  package var repeats: RepeatCounts?
  /// On rows that the judged model has not seen; with folds, the mean over the folds.
  package var metrics: ClassifierMetrics
  /// One entry per fold, where folds were asked for.
  package var folds: [ClassifierMetrics]
  /// What simpler models reach on the same rows.
  package var baselines: Baselines
  /// The model that was written.
  package var model: ModelSummary
  /// The features, most important first.
  package var importances: [ReportedImportance]
  /// Mean prediction against what happened in ten bins of equal width, on the judged rows.
  package var reliability: [ReliabilityTable.Bin]

  /// Collects what a training measured.
  ///
  /// - Parameters:
  ///   - continued: the model that training went on from.
  ///   - contributions: the mean absolute contribution of each feature, by name.
  init(
    data: ClassifierData, evaluation: ClassifierEvaluation, continued: BoostedTrees?,
    contributions: [ByteText: Double]
  ) {
    rows = data.rowCount
    columns = data.columns.features.count
    positives = data.target.positiveCount
    repeats = data.repeats.counts
    metrics = evaluation.metrics
    folds = evaluation.folds
    baselines = evaluation.baselines
    let final = evaluation.finalModel
    let trees = final.boosting.model
    model = ModelSummary(
      numTrees: trees.treeCount, continuedTrees: continued?.treeCount,
      numLeavesMean: trees.meanLeaves, bestIteration: final.boosting.bestIteration,
      calibration: final.calibration.method)
    importances = ReportedImportance.all(of: trees, contributions: contributions)
    reliability = evaluation.reliability
  }

  /// What the summary contradicts itself in; nil if it does not.
  package var problem: String? {
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
}

/// What metrics.json alone holds.
package struct ClassifierRecord: Codable, Sendable {
  /// The columns that were left out.
  var dropped: [DroppedColumn]
  /// The class that means churn.
  var positive: String
}

/// What the report of a training alone holds, and what people are told besides.
package struct ClassifierDetails: Encodable, Sendable {
  /// All columns of the table: what they are for, what they hold, and why.
  package var columnKinds: [ColumnDescription]
  /// The class that means churn.
  package var positive: String
  /// Why that class was chosen.
  package var positiveReason: String
  /// The columns that were left out, with the reason.
  package var dropped: [DroppedColumn]

  enum CodingKeys: String, CodingKey { case columnKinds = "column_kinds" }

  init(_ data: ClassifierData) {
    columnKinds = data.layout.columnKinds ?? []
    positive = data.target.positive
    positiveReason = data.target.reason
    dropped = data.columns.dropped
  }
}

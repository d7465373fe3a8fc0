// What documents hold of a model of trees over a labelled table, whatever it predicts.
package import Evaluation
import GradientBoosting
package import LearningTasks

/// A summary that says how many rows it is of.
package protocol RowSummary: RunSummary {
  /// The rows of the table.
  var rows: Int { get }
}

/// What is found in the rows of a summary besides.
package protocol RowFindings: Codable, Sendable {
  /// What the findings contradict themselves or the number of rows in; nil if they do not.
  func problem(rows: Int) -> String?
}

extension Nothing: RowFindings {
  package func problem(rows: Int) -> String? { nil }
}

extension SideBySide: RunSummary where First: RowSummary, Second: RowFindings {
  package var problem: String? { first.problem ?? second.problem(rows: first.rows) }
}

/// What is measured in a training.
package struct TreesSummary<Scores: TabularScores, Baselines: Codable & Sendable>: RowSummary {
  /// The rows of the table.
  package var rows: Int
  /// The columns that the model learns from.
  package var columns: Int
  /// The rows that repeat each other; absent where none do.
  package var repeats: RepeatCounts?
  /// On rows that the judged model has not seen; with folds, the mean over the folds.
  package var metrics: Scores
  /// One entry per fold, where folds were asked for.
  package var folds: [Scores]
  /// What simpler models reach on the same rows.
  package var baselines: Baselines
  /// The model that was written.
  package var model: TreesSize
  /// The features, most important first.
  package var importances: [ReportedImportance]

  /// What the summary contradicts itself in; nil if it does not.
  package var problem: String? {
    if rows < 1 { return "\(rows) rows" }
    if columns < 1 { return "\(columns) columns" }
    if model.numTrees < 0 || model.bestIteration < 0 { return "\(model.numTrees) trees" }
    if model.continuedTrees.map({ $0 < 0 || $0 > model.numTrees }) == true {
      return "more trees of an earlier model than trees"
    }
    return importances.contains { $0.splits < 0 } ? "splits below 0" : nil
  }
}

/// The size of a trained model.
package struct TreesSize: Codable, Sendable {
  /// The number of trees.
  package var numTrees: Int
  /// How many of them are of the model that training went on from; nil where it started anew.
  package var continuedTrees: Int?
  /// The mean number of leaves of a tree.
  package var numLeavesMean: Double
  /// The number of new trees that early stopping found best.
  package var bestIteration: Int
  /// How its predictions are calibrated; nil where they never are.
  package var calibration: Calibration.Method?

  enum CodingKeys: String, CodingKey {
    case numTrees = "num_trees"
    case continuedTrees = "continued_trees"
    case numLeavesMean = "num_leaves_mean"
    case bestIteration = "best_iteration"
    case calibration
  }

  /// - Parameter continued: the trees that training went on from.
  init(_ fitted: FittedTrees, continued: BoostedTrees?) {
    let trees = fitted.boosting.model
    numTrees = trees.treeCount
    continuedTrees = continued?.treeCount
    numLeavesMean = trees.meanLeaves
    bestIteration = fitted.boosting.bestIteration
    calibration = fitted.calibration?.method
  }
}

/// What metrics.json alone holds.
package struct TableRecord: Codable, Sendable {
  /// The columns that were left out.
  var dropped: [DroppedColumn]
}

/// What the report of a training alone holds, and what people are told besides.
package struct TableDetails<Target: TabularTarget>: Encodable, Sendable {
  /// All columns of the table: what they are for, what they hold, and why.
  package var columnKinds: [ColumnDescription]
  /// The columns that were left out, with the reason.
  package var dropped: [DroppedColumn]
  /// What is predicted.
  package var target: Target

  enum CodingKeys: String, CodingKey { case columnKinds = "column_kinds" }
}

/// What `inspect` tells of a model.
package struct TreesDescription<Scores: TabularScores, Baselines: Codable & Sendable>: Encodable,
  Sendable
{
  /// The column that is predicted.
  package var target: String
  /// Columns that identify a row.
  package var id: [String]
  /// The rows that it was trained on.
  package var rows: Int
  /// The metrics.
  package var metrics: Scores
  /// What simpler models reached.
  package var baselines: Baselines
  /// The size of the model.
  package var model: TreesSize
  /// The features, most important first.
  package var importances: [ReportedImportance]
  /// All columns of training: what they are for, what they hold, and why.
  package var columnKinds: [ColumnDescription]

  enum CodingKeys: String, CodingKey {
    case target, id, rows, metrics, baselines, model, importances
    case columnKinds = "column_kinds"
  }
}

/// What `evaluate` measures.
package struct TableMeasures<Scores: TabularScores>: Encodable, Sendable {
  /// The rows of the table.
  package var rows: Int
  /// The metrics on all rows.
  package var metrics: Scores
}

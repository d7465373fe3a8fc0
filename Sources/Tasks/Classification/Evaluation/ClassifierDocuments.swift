// What `inspect` and `evaluate` tell of a classifier.
package import Evaluation
import GradientBoosting
import Storage
import Tables

/// What `inspect` tells of a model.
package struct ClassifierDescription: Encodable, Sendable {
  /// The column that is predicted.
  package var target: String
  /// The class that means churn.
  package var positive: String
  /// Columns that identify a row.
  package var id: [String]
  /// The rows that it was trained on.
  package var rows: Int
  /// The metrics.
  package var metrics: ClassifierMetrics
  /// What simpler models reached.
  package var baselines: ClassifierSummary.Baselines
  /// The size of the model.
  package var model: ClassifierSummary.ModelSummary
  /// The features, most important first.
  package var importances: [ReportedImportance]
  /// All columns of training: what they are for, what they hold, and why.
  package var columnKinds: [ColumnDescription]

  enum CodingKeys: String, CodingKey {
    case target, positive, id, rows, metrics, baselines, model, importances
    case columnKinds = "column_kinds"
  }

  init(_ model: ClassifierModel, _ summary: ClassifierSummary) {
    target = model.layout.target.name
    positive = model.layout.positive
    id = model.layout.id
    rows = summary.rows
    metrics = summary.metrics
    baselines = summary.baselines
    self.model = summary.model
    importances = summary.importances
    columnKinds = model.layout.describedColumns
  }
}

/// What `evaluate` measures.
package struct ClassifierMeasures: Encodable, Sendable {
  /// The rows of the table.
  package var rows: Int
  /// The rows of the positive class.
  package var positives: Int
  /// The metrics on all rows.
  package var metrics: ClassifierMetrics
  /// Mean prediction against what happened in ten bins of equal width.
  package var reliability: [ReliabilityTable.Bin]
  /// What acting on the probabilities earns; absent where no terms were given.
  package var profit: ProfitReport?
}

extension ReliabilityTable {
  /// The ten bins that reports have.
  static func reported(_ rows: ScoredRows) -> [Bin] {
    ReliabilityTable(rows, binCount: 10).bins
  }
}

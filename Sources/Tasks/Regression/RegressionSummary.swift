// What is measured in the training of a regression model, and what its documents hold.
import Evaluation
import GradientBoosting
import Texts

/// How near predictions come to the targets, with nine significant digits.
public struct RegressionScores: Codable, Sendable, Equatable {
  /// The root of the mean squared error.
  public var rmse: Double
  /// The mean absolute error.
  public var mae: Double
  /// The share of the variance that is explained; nil, in JSON null, where the targets do not vary.
  public var r2: Double?
  /// The mean Poisson deviance; nil where a target is negative or a prediction is not above 0.
  public var meanPoissonDeviance: Double?
  /// The bootstrap interval of the RMSE at 95 %; nil where it was not drawn or has no width.
  public var rmseInterval: [Double]?

  enum CodingKeys: String, CodingKey {
    case rmse, mae, r2
    case meanPoissonDeviance = "mean_poisson_deviance"
    case rmseInterval = "rmse_interval"
  }

  /// Takes over what was measured on some rows.
  init(_ measured: RegressionMetrics) {
    rmse = measured.rmse.reported
    mae = measured.mae.reported
    r2 = measured.r2?.reported
    meanPoissonDeviance = measured.meanPoissonDeviance?.reported
    rmseInterval = measured.rmseInterval.map { [$0.lowerBound.reported, $0.upperBound.reported] }
  }

  /// The mean of some metrics, without an interval.
  ///
  /// - Precondition: there is at least one.
  init(meanOf scores: [RegressionScores]) {
    precondition(!scores.isEmpty, "the mean of no metrics")
    func mean(_ value: (RegressionScores) -> Double?) -> Double? {
      let values = scores.compactMap(value)
      guard values.count == scores.count else { return nil }
      return (values.reduce(0, +) / Double(values.count)).reported
    }
    rmse = mean(\.rmse) ?? 0
    mae = mean(\.mae) ?? 0
    r2 = mean(\.r2)
    meanPoissonDeviance = mean(\.meanPoissonDeviance)
  }

  /// Writes all metrics, those that there are not as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rmse, forKey: .rmse)
    try container.encode(mae, forKey: .mae)
    try container.encode(r2, forKey: .r2)
    try container.encode(meanPoissonDeviance, forKey: .meanPoissonDeviance)
    try container.encode(rmseInterval, forKey: .rmseInterval)
  }

  /// Whether the numbers are those of a measurement.
  var isPossible: Bool {
    rmse >= 0 && mae >= 0 && (r2 ?? 0) <= 1 && (rmseInterval?.count ?? 2) == 2
  }
}

/// What is measured in a training.
package struct RegressionSummary: RunSummary {
  /// What constants reach on the same rows.
  package struct Baselines: Codable, Sendable {
    /// Every row gets the mean of the training rows.
    package var mean: RegressionScores
    /// Every row gets the median of the training rows; nil for other losses than absolute.
    package var median: RegressionScores?
  }

  /// The size of the trained model.
  package struct ModelSummary: Codable, Sendable {
    /// The number of trees.
    package var numTrees: Int
    /// The mean number of leaves of a tree.
    package var numLeavesMean: Double
    /// The number of trees that early stopping found best.
    package var bestIteration: Int

    enum CodingKeys: String, CodingKey {
      case numTrees = "num_trees"
      case numLeavesMean = "num_leaves_mean"
      case bestIteration = "best_iteration"
    }
  }

  /// The rows of the table.
  package var rows: Int
  /// The columns that the model learns from.
  package var columns: Int
  /// The rows that repeat each other; absent where none do.
  package var repeats: RepeatCounts?
  /// On rows that the judged model has not seen; with folds, the mean over the folds.
  package var metrics: RegressionScores
  /// One entry per fold, where folds were asked for.
  package var folds: [RegressionScores]
  /// What constants reach on the same rows.
  package var baselines: Baselines
  /// The model that was written.
  package var model: ModelSummary
  /// The features, most important first.
  package var importances: [ReportedImportance]

  /// What the summary contradicts itself in; nil if it does not.
  package var problem: String? {
    if rows < 1 { return "\(rows) rows" }
    if columns < 1 { return "\(columns) columns" }
    if model.numTrees < 0 || model.bestIteration < 0 { return "\(model.numTrees) trees" }
    if importances.contains(where: { $0.splits < 0 }) { return "splits below 0" }
    let scores = [metrics, baselines.mean] + [baselines.median].compactMap(\.self) + folds
    return scores.allSatisfy(\.isPossible) ? nil : "errors below 0"
  }
}

/// What metrics.json alone holds.
package struct RegressionRecord: Codable, Sendable {
  /// The columns that were left out.
  var dropped: [DroppedColumn]
}

/// What the report of a training alone holds.
package struct RegressionDetails: Encodable, Sendable {
  /// All columns of the table: what they are for, what they hold, and why.
  package var columnKinds: [ColumnDescription]

  enum CodingKeys: String, CodingKey { case columnKinds = "column_kinds" }
}

/// What `inspect` tells of a model.
package struct RegressionDescription: Encodable, Sendable {
  /// The column that is predicted.
  package var target: String
  /// What training minimised.
  package var loss: RegressionConfiguration.Loss
  /// Columns that identify a row.
  package var id: [String]
  /// The rows that it was trained on.
  package var rows: Int
  /// The metrics.
  package var metrics: RegressionScores
  /// What constants reached.
  package var baselines: RegressionSummary.Baselines
  /// The size of the model.
  package var model: RegressionSummary.ModelSummary
  /// The features, most important first.
  package var importances: [ReportedImportance]
  /// All columns of training: what they are for, what they hold, and why.
  package var columnKinds: [ColumnDescription]

  enum CodingKeys: String, CodingKey {
    case target, loss, id, rows, metrics, baselines, model, importances
    case columnKinds = "column_kinds"
  }
}

/// What `evaluate` measures.
package struct RegressionMeasures: Encodable, Sendable {
  /// The rows of the table.
  package var rows: Int
  /// The metrics on all rows.
  package var metrics: RegressionScores
}

/// What is told of the answers of a model.
package struct RegressionAnswers: Encodable, Sendable {
  /// The mean prediction.
  package var meanPrediction: Double

  enum CodingKeys: String, CodingKey { case meanPrediction = "mean_prediction" }
}

// What documents hold of a regression model, besides what they hold of every model of a table.
import Evaluation
import LearningTasks
package import NumericCore
package import Tabular

/// How near predictions come to the targets.
package struct RegressionScores: TabularScores, Equatable {
  /// The root of the mean squared error.
  package var rmse = 0.0
  /// The mean absolute error.
  package var mae = 0.0
  /// The share of the variance that is explained; nil where the targets do not vary.
  package var r2: Double?
  /// The mean Poisson deviance; nil where a target is negative or a prediction is not above 0.
  package var meanPoissonDeviance: Double?
  package var interval: [Double]?

  package static var fields: [ScoreField<Self>] {
    [
      ScoreField("rmse", \.rmse), ScoreField("mae", \.mae),
      ScoreField("r2", \.r2, in: -Double.greatestFiniteMagnitude...1),
      // Of exact predictions rounding may leave a little less than 0.
      ScoreField(
        "mean_poisson_deviance", \.meanPoissonDeviance,
        in: -1e-6...Double.greatestFiniteMagnitude),
    ]
  }
  package static let intervalKey = "rmse_interval"
  package static let usualSeed: UInt64 = 0

  package init() {}

  package init(
    _ rows: PredictedRows, seed: UInt64, drawsInterval: Bool, pool: WorkerPool
  ) throws {
    self.init(
      try RegressionMetrics(
        targets: rows.labels, predictions: rows.predictions, groups: rows.groups, seed: seed,
        drawsInterval: drawsInterval, pool: pool))
  }

  /// Takes over what was measured on some rows.
  init(_ measured: RegressionMetrics) {
    rmse = measured.rmse.reported
    mae = measured.mae.reported
    r2 = measured.r2?.reported
    meanPoissonDeviance = measured.meanPoissonDeviance?.reported
    interval = measured.rmseInterval?.reportedEnds
  }
}

/// What constants reach on the same rows.
package struct RegressionBaselines: Codable, Sendable {
  /// Every row gets the mean of the training rows.
  package var mean: RegressionScores
  /// Every row gets the median of the training rows; nil for losses that do not minimise it.
  package var median: RegressionScores?
}

/// What `inspect` tells of a model.
package struct RegressionTraits: Encodable, Sendable {
  /// What training minimised.
  package var loss: RegressionLoss
}

/// What is told of the answers of a model.
package struct RegressionAnswers: Encodable, Sendable {
  /// The mean prediction.
  package var meanPrediction: Double

  enum CodingKeys: String, CodingKey { case meanPrediction = "mean_prediction" }
}

/// The answer to one row.
package struct NumberPrediction: Encodable, Sendable, Equatable {
  /// The number, on the scale of the target.
  package var prediction: Double
  /// The model that answered.
  package var modelVersion: String

  enum CodingKeys: String, CodingKey {
    case prediction
    case modelVersion = "model_version"
  }
}

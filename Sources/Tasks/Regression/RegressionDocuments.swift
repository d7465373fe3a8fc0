// What documents hold of a regression model, besides what they hold of every model of a table.
import Evaluation
package import NumericCore

/// How near predictions come to the targets, with nine significant digits.
public struct RegressionScores: TabularScores, Equatable {
  /// The root of the mean squared error.
  public var rmse: Double
  /// The mean absolute error.
  public var mae: Double
  /// The share of the variance that is explained; nil, in JSON null, where the targets do not vary.
  public var r2: Double?
  /// The mean Poisson deviance; nil where a target is negative or a prediction is not above 0.
  public var meanPoissonDeviance: Double?
  /// Of the RMSE; null in JSON where it was not drawn or has no width.
  package var interval: [Double]?

  enum CodingKeys: String, CodingKey {
    case rmse, mae, r2
    case meanPoissonDeviance = "mean_poisson_deviance"
    case interval = "rmse_interval"
  }

  package init(
    _ rows: PredictedRows, seed: UInt64, drawsInterval: Bool, pool: WorkerPool
  ) throws {
    let measured = try RegressionMetrics(
      targets: rows.labels, predictions: rows.predictions, groups: rows.groups, seed: seed,
      drawsInterval: drawsInterval, pool: pool)
    rmse = measured.rmse.reported
    mae = measured.mae.reported
    r2 = measured.r2?.reported
    meanPoissonDeviance = measured.meanPoissonDeviance?.reported
    interval = measured.rmseInterval.map { [$0.lowerBound.reported, $0.upperBound.reported] }
  }

  package static func mean(of scores: [RegressionScores]) -> RegressionScores {
    precondition(!scores.isEmpty, "the mean of no metrics")
    func mean(_ value: (RegressionScores) -> Double?) -> Double? {
      let values = scores.compactMap(value)
      guard values.count == scores.count else { return nil }
      return (values.reduce(0, +) / Double(values.count)).reported
    }
    var result = scores[0]
    result.rmse = mean(\.rmse) ?? 0
    result.mae = mean(\.mae) ?? 0
    result.r2 = mean(\.r2)
    result.meanPoissonDeviance = mean(\.meanPoissonDeviance)
    result.interval = nil
    return result
  }

  /// Reads metrics; what no measurement gives is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let positive = 0...Double.greatestFiniteMagnitude
    rmse = try container.number(.rmse, in: positive)
    mae = try container.number(.mae, in: positive)
    r2 = try container.decodeIfPresent(Double.self, forKey: .r2)
    if r2 != nil { r2 = try container.number(.r2, in: -.greatestFiniteMagnitude...1) }
    meanPoissonDeviance = try container.decodeIfPresent(Double.self, forKey: .meanPoissonDeviance)
    interval = try container.interval(.interval, in: positive)
  }

  /// Writes all metrics, those that there are not as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rmse, forKey: .rmse)
    try container.encode(mae, forKey: .mae)
    try container.encode(r2, forKey: .r2)
    try container.encode(meanPoissonDeviance, forKey: .meanPoissonDeviance)
    try container.encode(interval, forKey: .interval)
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

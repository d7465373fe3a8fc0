// Prediction: the rows of a table with the probability that each customer leaves.
import NumericCore
import Tables

/// What `predict` did.
package struct ChurnPredictionReport: Encodable, Sendable {
  /// Always "churn".
  package var task = ChurnConfiguration.task
  /// The rows that were predicted.
  package var rows: Int
  /// The rows that are labelled as churning.
  package var positives: Int
  /// The mean probability.
  package var meanProbability: Double
  /// The model that predicted.
  package var modelVersion: String
  /// Where the predictions are.
  package var out: String

  enum CodingKeys: String, CodingKey {
    case task, rows, positives, out
    case meanProbability = "mean_probability"
    case modelVersion = "model_version"
  }
}

extension ChurnTask {
  /// Predicts the rows of a table and writes them, as `ClassifierPredictor` answers them.
  ///
  /// - Parameters:
  ///   - explain: how many reasons to add for each row; nil for none.
  ///   - refusesUnknown: whether a column whose categories are all new to the model is an error.
  ///   - output: a name that ends in .csv or .parquet, or `-` for CSV on standard output.
  ///   - replaces: whether a file that exists may be replaced.
  /// - Throws: `ArtifactError`, `TableError`, `TaskError`.
  package static func predict(
    model folder: String, input: TableSource, explain: Int?, refusesUnknown: Bool = true,
    output: String, replaces: Bool, context: RunContext
  ) throws -> ChurnPredictionReport {
    try Table.requireWritable(output)
    try OutputPlace.check(
      files: [output], inputs: [input.location], model: folder, replaces: replaces)
    let predictor = try ClassifierPredictor(
      folder: folder, reasons: explain, refusesUnknown: refusesUnknown)
    let answers = try predictor.predict(input, to: output, context: context)
    guard case .number(let probabilities)? = answers[ChurnPredictions.probability]?.values,
      case .category(let labels)? = answers[ChurnPredictions.label]?.values
    else { preconditionFailure("answers without probabilities and labels") }
    return ChurnPredictionReport(
      rows: answers.rowCount, positives: labels.codes.reduce(0) { $0 + Int($1) },
      meanProbability: VectorMath.sum(probabilities.doubles()) / Double(answers.rowCount),
      modelVersion: predictor.modelVersion, out: LocationText.shown(output))
  }
}

// Prediction: the rows of a table with the probability that each customer leaves.
import NumericCore
package import Tables

/// What is told of the answers of a classifier.
package struct ChurnAnswers: Encodable, Sendable {
  /// The rows that are labelled as churning.
  package var positives: Int
  /// The mean probability.
  package var meanProbability: Double

  enum CodingKeys: String, CodingKey {
    case positives
    case meanProbability = "mean_probability"
  }
}

extension ChurnTask: PredictingTask {
  package static func predictor(
    folder: String, reasons: Int?, refusesUnknown: Bool
  ) throws -> ClassifierPredictor {
    try ClassifierPredictor(folder: folder, reasons: reasons, refusesUnknown: refusesUnknown)
  }

  package static func summary(of answers: Table) -> ChurnAnswers {
    guard case .number(let probabilities)? = answers[PredictionColumns.probability]?.values,
      case .category(let labels)? = answers[PredictionColumns.label]?.values
    else { preconditionFailure("answers without probabilities and labels") }
    return ChurnAnswers(
      positives: labels.codes.reduce(0) { $0 + Int($1) },
      meanProbability: VectorMath.sum(probabilities.doubles()) / Double(answers.rowCount))
  }
}

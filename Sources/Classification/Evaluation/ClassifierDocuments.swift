// What documents hold of a classifier, besides what they hold of every model of a table.
package import Evaluation
package import LearningTasks
import Tabular

/// metrics.json of a churn model.
package typealias ClassifierResults = RunResults<ChurnTask>

/// What simpler models reach on the same rows.
package struct ClassifierBaselines: Codable, Sendable {
  /// Every row gets the share of positives of the training rows.
  package var prior: ClassifierMetrics
  /// A logistic regression on one-hot encoded and standardised columns.
  package var logistic: ClassifierMetrics
}

/// What is found in a training.
package struct ClassFindings: RowFindings {
  /// The rows of the positive class.
  package var positives: Int
  /// Mean prediction against what happened in ten bins of equal width, on the judged rows.
  package var reliability: [ReliabilityTable.Bin]

  package func problem(rows: Int) -> String? {
    if !(0...rows).contains(positives) { return "\(positives) positives in \(rows) rows" }
    return reliability.contains { $0.count < 0 } ? "a bin of fewer than 0 rows" : nil
  }
}

/// What metrics.json and `inspect` say of the target.
package struct ClassFacts: Codable, Sendable {
  /// The positive class.
  package var positive: String
}

/// What `evaluate` measures.
package struct ClassMeasures: Encodable, Sendable {
  /// The rows of the positive class.
  package var positives: Int
  /// Mean prediction against what happened in ten bins of equal width.
  package var reliability: [ReliabilityTable.Bin]
  /// What acting on the probabilities earns; absent where no terms were given.
  package var profit: ProfitReport?
}

/// What is told of the answers of a classifier.
package struct ClassAnswers: Encodable, Sendable {
  /// The rows that are labelled as positive.
  package var positives: Int
  /// The mean probability.
  package var meanProbability: Double

  enum CodingKeys: String, CodingKey {
    case positives
    case meanProbability = "mean_probability"
  }
}

/// The answer to one row.
package struct ClassPrediction<Preset: ClassifierPreset>: Encodable, Sendable, Equatable {
  /// The probability of the positive class, 0 to 1.
  package var probability: Double
  /// The class, as the training data name it.
  package var label: String
  /// The model that answered.
  package var modelVersion: String

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    try container.encode(probability, forKey: NamedKey(Preset.probability))
    try container.encode(label, forKey: NamedKey(Preset.label))
    try container.encode(modelVersion, forKey: NamedKey("model_version"))
  }
}

// The words of a kind of binary classification. Everything else is the same for all of them.
package import Tabular

/// A name for binary classification, with words of its own.
package protocol ClassifierPreset: Sendable {
  /// The name of the task: on the command line, in files and in documents.
  static var task: String { get }
  /// The answer's column of the probability of the positive class.
  static var probability: String { get }
  /// The answer's column of the predicted class.
  static var label: String { get }
  /// What the positive class is, in the reference of settings.
  static var positiveClass: String { get }
}

/// Customers who leave.
package enum ChurnPreset: ClassifierPreset {
  package static let task = "churn"
  package static let probability = "churn_probability"
  package static let label = "churn_label"
  package static let positiveClass = "The class that means churn"
}

/// Any target of two classes.
package enum BinaryPreset: ClassifierPreset {
  package static let task = "classification"
  package static let probability = "probability"
  package static let label = "label"
  package static let positiveClass = "The class whose probability is predicted"
}

/// The configuration of a churn run.
package typealias ChurnConfiguration = ClassifierConfiguration<ChurnPreset>

/// Predicts which customers leave.
package typealias ChurnTask = TabularTask<Classification<ChurnPreset>>
/// Predicts the class of each row.
package typealias BinaryTask = TabularTask<Classification<BinaryPreset>>

/// A trained churn classifier.
package typealias ClassifierModel = TrainedTrees<Classification<ChurnPreset>>
/// A trained churn classifier that answers.
package typealias ClassifierPredictor = TabularPredictor<Classification<ChurnPreset>>
/// How the hyperparameters of a churn classifier are searched.
package typealias ChurnSearchConfiguration =
  TabularSearchConfiguration<Classification<ChurnPreset>>

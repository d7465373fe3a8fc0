// The words of a kind of binary classification. Everything else is the same for all of them.

/// A name for binary classification, with words of its own.
public protocol ClassifierPreset: Sendable {
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
public enum ChurnPreset: ClassifierPreset {
  public static let task = "churn"
  public static let probability = "churn_probability"
  public static let label = "churn_label"
  public static let positiveClass = "The class that means churn"
}

/// Any target of two classes.
public enum BinaryPreset: ClassifierPreset {
  public static let task = "classification"
  public static let probability = "probability"
  public static let label = "label"
  public static let positiveClass = "The class whose probability is predicted"
}

/// The configuration of a churn run.
public typealias ChurnConfiguration = ClassifierConfiguration<ChurnPreset>
/// The configuration of a run for any target of two classes.
public typealias BinaryConfiguration = ClassifierConfiguration<BinaryPreset>

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

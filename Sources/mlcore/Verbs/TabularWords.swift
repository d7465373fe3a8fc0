// What the command line needs to know of a problem of a table, to make commands and reports of it.
import LearningTasks
import Tabular

/// A problem of a table in words for people.
protocol TabularWords: TabularProblem {
  /// What its models are called.
  static var noun: String { get }
  /// The first line of the help of `train`.
  static var trainAbstract: String { get }
  /// The first line of the help of `tune`.
  static var tuneAbstract: String { get }
  /// The metrics of a search, and the default.
  static var metricChoice: String { get }
  /// What Shapley values are on.
  static var effectScale: String { get }
  /// What its models answer, in the plural.
  static var predictions: String { get }
  /// Whether `evaluate` takes what contacting a customer costs and brings.
  static var takesProfitTerms: Bool { get }

  /// A metric of a search.
  static func name(of metric: Metric) -> String
  /// The most important scores in one line.
  ///
  /// - Parameter metric: what training minimises; nil where it is not known.
  static func headline(_ scores: Scores, by metric: Metric?, for terminal: Terminal) -> String
  /// The heads of the columns of scores, each with its width.
  static var scoreColumns: [(name: String, width: Int)] { get }
  /// The scores in these columns.
  static func cells(_ scores: Scores) -> [String]
  /// The scores of simpler models by their names.
  static func lines(_ baselines: Baselines) -> [(name: String, scores: Scores)]

  /// What follows the counts of rows and features in the report of a training.
  static func counts(_ report: TrainingReport<TabularTask<Self>>) -> String
  /// Paragraphs of the report of a training after the scores.
  static func paragraphs(_ findings: Findings) -> [String]
  /// What the training of a model minimised; nil where its folder does not say.
  static func metric(_ found: Inspection<TabularTask<Self>>) -> Metric?
  /// What a model predicts.
  static func subject(_ found: Inspection<TabularTask<Self>>) -> String
  /// What follows the number of rows in an evaluation.
  static func counts(_ extras: Extras) -> String
  /// What follows the scores in an evaluation.
  static func lines(_ extras: Extras) -> String
  /// What came of the answers, in words that follow the number of rows.
  static func words(_ report: PredictionReport<TabularTask<Self>>) -> String
}

extension TabularWords {
  static var takesProfitTerms: Bool { false }
  static func metric(_ found: Inspection<TabularTask<Self>>) -> Metric? { nil }
  static func counts(_ report: TrainingReport<TabularTask<Self>>) -> String { "" }
  static func paragraphs(_ findings: Findings) -> [String] { [] }
  static func counts(_ extras: Extras) -> String { "" }
  static func lines(_ extras: Extras) -> String { "" }
}

// What differs between models of trees over one labelled table, and nothing else. Reading, fitting,
// judging, searching, predicting and all documents are written once, over this protocol.
package import Evaluation
package import GradientBoosting
package import LearningTasks
package import NumericCore
package import Tables

/// What is predicted of the rows of a table, by trees over its columns.
package protocol TabularProblem: Sendable {
  associatedtype Configuration: TabularConfiguration
  /// The target of a training table.
  associatedtype Target: TabularTarget
  /// How a table must look.
  associatedtype Layout: TableLayout
  /// How well predictions agree with what happened.
  associatedtype Scores: TabularScores
  /// What simpler models reach on the same rows.
  associatedtype Baselines: Codable & Sendable
  /// What is measured in a training besides.
  associatedtype Findings: RowFindings = Nothing
  /// What metrics.json alone says of the target.
  associatedtype Facts: Codable & Sendable = Nothing
  /// What `inspect` tells of a model besides.
  associatedtype Traits: Encodable & Sendable
  /// What `evaluate` measures besides.
  associatedtype Extras: Encodable & Sendable = Nothing
  /// What is told of the answers to a table besides their number.
  associatedtype Answers: Encodable & Sendable
  /// What is answered to one row.
  associatedtype Answer: Encodable & Sendable
  /// What trials are compared by.
  associatedtype Metric: TabularMetric where Metric.Scores == Scores

  // MARK: - Configuration

  /// Those that the trees of a model may be grown for.
  static var objectives: [any Objective] { get }
  /// What training minimises.
  static func objective(of configuration: Configuration) -> any Objective
  /// The run folder of the model to which trees are added; nil starts anew.
  static func continued(by configuration: Configuration) -> String?
  /// How predictions are calibrated; nil where they are what the objective makes of scores.
  static func calibration(of configuration: Configuration) -> Calibration.Method?
  /// The number that is subtracted from labels while trees are trained.
  static func centre(of labels: [Double], _ configuration: Configuration) -> Double
  /// How much rows count in training.
  static func weights(of labels: [Double], _ configuration: Configuration) -> ClassWeights

  // MARK: - Tables

  /// Changes how a training table is read.
  static func adapt(_ options: inout ReadOptions, for data: LabelledTableConfiguration)
  /// Reads the target of a training table.
  ///
  /// - Throws: `TaskError`, `ConfigurationError`.
  static func target(
    _ column: Column, _ configuration: Configuration, continuing: InitialModel<Self>?,
    context: RunContext
  ) throws -> Target
  /// Adds to columns what other data need to know of the target.
  static func layout(_ columns: ColumnLayout, of target: Target) -> Layout
  /// Reads the target of other data than those of training, as numbers.
  ///
  /// - Throws: `TaskError`.
  static func labels(
    _ column: Column, layout: Layout, objective: any Objective, data: String
  ) throws -> [Double]

  // MARK: - Judging

  /// What rows are divided by, so that every part has its share of both.
  static func strata(of labels: [Double]) -> [Bool]
  /// The predictions of simpler models for some rows, in the order of `baselines(_:)`.
  ///
  /// - Parameters:
  ///   - training: the rows that they learn from.
  ///   - features: the columns of a table, of which they predict the rows `judged`.
  static func baselinePredictions(
    learning rows: LabelledRows, training: [Int32], _ configuration: Configuration,
    for features: [Column], judged: [Int32], context: RunContext
  ) throws -> [[Double]]
  /// The scores of simpler models by their names.
  static func baselines(_ scores: [Scores]) -> Baselines
  /// What is found on judged rows besides.
  static func findings(of target: Target, _ rows: PredictedRows) throws -> Findings
  /// What makes the metrics of a training doubtful besides its table.
  static func doubts(_ summary: TabularTask<Self>.Summary) -> [RunWarning]

  // MARK: - Answers and documents

  /// The columns that predictions add to the identifiers, but for the version.
  static var answerFields: [Schema.Field] { get }
  /// The values of these columns.
  static func answerValues(_ predictions: [Double], layout: Layout) -> [Column.Values]
  /// Sums answers up.
  static func summary(of answers: Table) -> Answers
  /// The answer to one row.
  static func answer(_ prediction: Double, layout: Layout, modelVersion: String) -> Answer
  /// What metrics.json says of the target.
  static func facts(of target: Target) -> Facts
  /// Fills in the settings that the target of a training has decided.
  static func fill(_ configuration: inout Configuration, with facts: Facts)
  /// What `inspect` tells of a model.
  static func traits(of model: TrainedTrees<Self>) -> Traits
  /// What `evaluate` measures besides.
  static func extras(
    _ rows: PredictedRows, terms: ProfitTerms?, pool: WorkerPool
  ) throws -> Extras
  /// The classes as an exported graph names them; nil for numbers.
  static func exportedClasses(_ layout: Layout) -> ONNXModel.Classes?

  // MARK: - Searching

  /// What a search goes by unless it is told.
  static func usualMetric(of configuration: Configuration) -> Metric
  /// Checks that a model of a configuration can be searched by a metric.
  ///
  /// - Throws: `ConfigurationError`.
  static func check(_ metric: Metric, for configuration: Configuration) throws
}

/// What a model is to predict, one number for each row of a training table.
package protocol TabularTarget: Sendable {
  /// The numbers.
  var labels: [Double] { get }
  /// Refuses a table with too few rows to train and to judge.
  ///
  /// - Throws: `TaskError`.
  func check(_ judging: JudgingConfiguration, data: String) throws
  /// Refuses rows that are too few for the folds of a search.
  ///
  /// - Throws: `TaskError.tooFewRows`.
  func check(folds: Int, rows: [Int32], data: String) throws
  /// Refuses the labels of a table to judge on that are too few.
  ///
  /// - Throws: `TaskError.tooFewRows`.
  func checkJudged(_ labels: [Double], data: String) throws
}

extension TabularProblem {
  package static func continued(by configuration: Configuration) -> String? { nil }
  package static func calibration(of configuration: Configuration) -> Calibration.Method? { nil }
  package static func centre(of labels: [Double], _ configuration: Configuration) -> Double { 0 }
  package static func weights(
    of labels: [Double], _ configuration: Configuration
  ) -> ClassWeights { .even }
  package static func adapt(
    _ options: inout ReadOptions, for data: LabelledTableConfiguration
  ) {}
  package static func doubts(_ summary: TabularTask<Self>.Summary) -> [RunWarning] { [] }
  package static func fill(_ configuration: inout Configuration, with facts: Facts) {}
  package static func exportedClasses(_ layout: Layout) -> ONNXModel.Classes? { nil }
  package static func check(_ metric: Metric, for configuration: Configuration) throws {}

  /// The name of the task.
  package static var task: String { Configuration.task }

  /// The names of the columns that predictions add to the identifiers.
  package static var answerNames: [String] { answerFields.map(\.name) + ["model_version"] }
}

extension TabularTarget {
  package func checkJudged(_ labels: [Double], data: String) throws {}
}

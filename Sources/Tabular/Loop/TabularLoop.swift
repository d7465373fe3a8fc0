// The steps of a loop that keeps models of a table with a target fresh: what all of them share, and what
// each kind of model says for itself.
package import Evaluation
package import LearningTasks
import LoopContract
package import NumericCore
import Storage
package import Tables
import Texts

/// The steps of a loop over tables with a target.
package protocol TabularLoop: TaskLoop {
  associatedtype Problem: LoopProblem
  /// Targets and predictions of some rows.
  associatedtype Rows: GateRows
  /// What a model reached when it was trained, which later labels are held against.
  associatedtype Reached: ReachedQuality
  /// How two models differ on the same rows.
  associatedtype Comparison: ModelComparison

  typealias Gate = Problem.Gate
  typealias Task = TabularTask<Problem>
  /// How good predictions are, as gate.json tells it.
  typealias Metrics = Problem.Scores

  /// What the loop is told.
  var configuration: TabularLoopConfiguration<Gate> { get }
  /// Where steps run.
  var context: RunContext { get }

  init(_ configuration: TabularLoopConfiguration<Gate>, context: RunContext)

  // MARK: - Targets

  /// The kind in which the target is read; nil where it may be any.
  static var targetKind: ColumnKind? { get }

  /// Checks a target of which no cell is missing.
  ///
  /// - Parameter layout: that of the champion; nil while there is none.
  /// - Throws: `TaskError`.
  func check(_ target: Column, layout: Task.Model.Layout?, data: String) throws

  /// What is wrong with the labels of new rows in the eyes of the champion; nil if nothing is.
  func labelProblem(of rows: Rows, earlier: Reached) throws -> String?

  // MARK: - Training

  /// Takes over what a training has from the champion.
  ///
  /// - Parameter continued: the run folder whose trees are kept; nil to start anew.
  func adopt(
    _ layout: Task.Model.Layout, continuing continued: String?,
    in training: inout Problem.Configuration)

  /// What a trained model reached on the rows that it is judged on.
  ///
  /// - Throws: the errors of reading and measuring.
  func reached(_ metrics: Metrics, rows: () throws -> Rows) throws -> Reached

  /// The metrics of a training that the loop shows.
  static func shown(_ metrics: Metrics) -> [String: Double]

  // MARK: - Judging

  /// The same rows as they are best predicted without any feature.
  func prior(of rows: Rows) throws -> Rows

  /// What a challenger must show by itself.
  func ownChecks(
    _ rows: Rows, _ metrics: Metrics, _ results: RunResults<Task>
  ) throws -> [GateCheck]

  /// Whether a champion is surely worse than a baseline of today's rows.
  func isBelowBaseline(_ champion: Metrics, _ results: RunResults<Task>) -> Bool

  func compare(_ champion: Rows, _ challenger: Rows) throws -> Comparison

  /// What groups of rows are compared by.
  static var groupMeasure: GateSegment.Measure { get }

  /// That difference in a group of rows; nil where it cannot be measured.
  func groupDifference(
    _ champion: Rows, _ challenger: Rows
  ) throws -> PairedComparison.Difference?

  /// What an objection to a group of rows says; nil where the challenger is not surely worse there.
  func groupCheck(_ segment: GateSegment, counts: Bool) -> GateCheck?

  /// What must be better than a champion that has fallen must show besides.
  ///
  /// - Parameter rows: those that are new to the champion, as the challenger predicts them.
  func fallenChecks(
    _ deciding: Comparison, isBetter: Bool, fresh: GateNewRows<Metrics, Comparison>?,
    rows: () throws -> Rows
  ) throws -> [GateCheck]

  /// Whether predictions are like the champion's, besides their distribution.
  func likenessChecks(_ sides: GateSides<Rows, Reached>, _ paired: Comparison) -> [GateCheck]

  /// What the new labels cost both models; nil where that is not known.
  func labelCost(
    _ fresh: GateNewRows<Metrics, Comparison>, _ sides: GateSides<Rows, Reached>
  ) throws -> (cost: LabelCost, subject: GateSubject)?

  /// Checks of groups of rows whose new labels contradict the champion.
  func contradictions(
    _ sides: GateSides<Rows, Reached>, groups: [RowsOfCategory], counts: Bool
  ) throws -> [GateCheck]

  /// What messages call predictions.
  static var predictionsName: String { get }

  /// Numbers of a comparison worth showing.
  static func shown(_ comparison: Comparison) -> [String: Double]
}

extension TabularLoop {
  var data: LabelledTableConfiguration { configuration.training.data }
  var target: String { data.target }

  package func adopt(
    _ layout: Task.Model.Layout, continuing continued: String?,
    in training: inout Problem.Configuration
  ) {}
  package func isBelowBaseline(_ champion: Metrics, _ results: RunResults<Task>) -> Bool { false }
  package func likenessChecks(_ sides: GateSides<Rows, Reached>, _ paired: Comparison)
    -> [GateCheck]
  { [] }
  package func contradictions(
    _ sides: GateSides<Rows, Reached>, groups: [RowsOfCategory], counts: Bool
  ) -> [GateCheck] { [] }

  /// The same steps with the lists of columns taken apart: an item that is not the name of a column
  /// is several names with commas between them.
  ///
  /// - Parameter file: one whose columns say what is a name.
  /// - Throws: `TableError`, `ConfigurationError`.
  func separatingNames(by file: StepFile) throws -> Self {
    var separated = configuration
    separated.training.data.path = file.path
    separated.training = try separated.training.separatingNames(reserved: [])
    separated.training.data.path = data.path
    return Self(separated, context: context)
  }

  /// Reads the model of a champion, which has to predict the target of the settings: no file is to
  /// blame for another one.
  ///
  /// - Throws: `TaskError.otherTarget`, and the errors of a run folder.
  func champion(_ folder: String) throws -> Task.Model {
    let model = try Task.Model(folder: "\(folder)/\(LoopFolder.run)")
    let expected = model.layout.target.name
    guard target.hasSameBytes(as: expected) else {
      throw TaskError.otherTarget(found: target, expected: expected, model: folder)
    }
    return model
  }

  /// The targets of a table that was read as labelled, as the next training needs them, whatever the
  /// model was trained for.
  ///
  /// - Throws: `TaskError`.
  func targets(of table: Table, by model: Task.Model, data: String) throws -> [Double] {
    try Problem.labels(
      model.layout.targetColumn(of: table), layout: model.layout,
      objective: Problem.objective(of: configuration.training), data: data)
  }

  package func metrics(of rows: Rows) throws -> Metrics {
    try Metrics(
      PredictedRows(labels: rows.targets, predictions: rows.predictions, groups: rows.groups),
      seed: Metrics.usualSeed, drawsInterval: true, pool: context.pool)
  }

  /// Reads a table to judge on, and predicts it.
  ///
  /// - Throws: the errors of reading and predicting.
  func scored(_ data: String, by model: Task.Model) throws -> (rows: Rows, table: Table) {
    let table = try model.layout.readingToJudge(
      TableSource(location: data, header: true), context: context
    ).table
    let targets = try targets(of: table, by: model, data: data)
    return (
      try Rows(
        targets: targets, predictions: try model.predict(table, pool: context.pool),
        groups: model.layout.groups(of: table, labels: targets, pool: context.pool)),
      table
    )
  }
}

/// The tables of a training in its work folder.
enum TabularWork {
  static let train = "train.parquet"
  static let holdout = "holdout.parquet"
}

/// Targets and predictions of the same rows.
package protocol GateRows: Sendable {
  /// - Parameter groups: rows that count as one where it is asked how sure a measure is.
  /// - Throws: `EvaluationError`.
  init(targets: [Double], predictions: [Double], groups: RowGroups?) throws
  var targets: [Double] { get }
  var predictions: [Double] { get }
  var groups: RowGroups? { get }
  /// The rows of the positive class; nil where there are no classes.
  var positiveCount: Int? { get }
  /// Whether there is enough of everything to measure new labels.
  var canBeJudged: Bool { get }
}

extension GateRows {
  package var positiveCount: Int? { nil }
  package var canBeJudged: Bool { true }

  /// Some of the rows.
  ///
  /// - Parameter groups: those of all rows.
  func selecting(_ rows: [Int], groups: RowGroups?) throws -> Self {
    let (targets, predictions) = (targets, predictions)
    return try Self(
      targets: rows.map { targets[$0] }, predictions: rows.map { predictions[$0] },
      groups: groups?.selecting(rows.map { Int32($0) }))
  }
}

/// How two models differ on the same rows; differences are the challenger's measure minus the
/// champion's.
package protocol ModelComparison: Encodable, Sendable {
  /// The difference of what training minimises.
  var loss: PairedComparison.Difference { get }
  /// Whether the challenger is surely better.
  func isBetter(margin: Double) -> Bool
  /// The checks that the challenger is not worse.
  func checks(margin: Double) -> [GateCheck]
}

/// What a model reached when it was trained.
package protocol ReachedQuality: Codable, Sendable {
  /// What it contradicts itself in; nil if it does not.
  var problem: String? { get }
}

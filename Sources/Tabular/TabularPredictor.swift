// A trained model of trees that answers rows and tables, with reasons.
import Evaluation
package import LearningTasks
package import Tables

/// A trained model of a task.
///
/// A table is answered by the identifiers of training that it has (text), the columns of the task's
/// answers, `model_version` (category), and for each reason that is asked for `reason_1` (text: the
/// column and its value) and `reason_1_effect` (number: its Shapley value in raw scores, which are
/// log-odds of a classifier, and of the loss poisson the logarithm of the prediction). For each
/// interaction that is asked for there are `interaction_1` (text: two columns and their values) and
/// `interaction_1_effect` (number: their Shapley interaction value, likewise).
package struct TabularPredictor<Problem: TabularProblem>: Predictor {
  package var task: String { Problem.task }
  let model: TrainedTrees<Problem>
  private let scorer: NamedRowScorer
  private let reasons: Int
  private let interactions: Int
  private let refusesUnknown: Bool

  /// Reads a run folder.
  ///
  /// - Parameters:
  ///   - reasons: how many reasons are told for each row of a table; nil for none.
  ///   - interactions: how many interactions of two columns are told; nil for none.
  ///   - refusesUnknown: whether a column of a table whose categories are all new to the model is an
  ///     error.
  /// - Throws: `TaskError.notAModel`, `.reasons` and `.interactions` if the model cannot give as
  ///   many; `StorageError`.
  package init(
    folder: String, reasons: Int? = nil, interactions: Int? = nil, refusesUnknown: Bool = true
  ) throws {
    model = try TrainedTrees<Problem>(folder: folder)
    try model.check(reasons: reasons)
    try model.check(interactions: interactions)
    self.reasons = reasons ?? 0
    self.interactions = interactions ?? 0
    self.refusesUnknown = refusesUnknown
    scorer = NamedRowScorer(model)
  }

  package var modelVersion: String { model.version }

  package var inputSchema: Schema {
    Schema(fields: model.layout.identifiers + model.layout.features)
  }

  package var outputSchema: Schema {
    Schema(
      fields: model.layout.identifiers + Problem.answerFields
        + [Schema.Field(name: "model_version", kind: .category)]
        + PredictionReasons.fields(reasons) + PredictionInteractions.fields(interactions))
  }

  package func read(_ source: TableSource, context: RunContext) throws -> Table {
    try model.layout.reading(source, labelled: false, withIdentifiers: true, context: context)
      .table
  }

  package func predict(_ table: Table, named name: String, context: RunContext) throws -> Table {
    let layout = model.layout
    try model.checkCategories(of: table, data: name, refusing: refusesUnknown, context: context)
    let predictions = try model.predict(table, pool: context.pool)
    var columns = layout.id.compactMap { table[$0] }
    columns += zip(Problem.answerFields, Problem.answerValues(predictions, layout: layout)).map {
      Column(name: $0.name, values: $1)
    }
    columns.append(.modelVersion(modelVersion, rowCount: table.rowCount))
    if reasons + interactions > 0 { try context.begin("explaining") }
    let features = layout.features(of: table)
    if reasons > 0 {
      columns += try PredictionReasons.columns(
        reasons, of: features, rowCount: table.rowCount, trees: model.trees, context: context)
    }
    if interactions > 0 {
      columns += try PredictionInteractions.columns(
        interactions, of: features, rowCount: table.rowCount, trees: model.trees,
        context: context)
    }
    return try columns.answers(rowCount: table.rowCount, data: name)
  }

  /// Answers one row, without reasons.
  ///
  /// Values are given by the names of the columns of training: numbers for columns of numbers, seconds
  /// since 1970-01-01 UTC for instants, texts for categories. What is left out is missing.
  ///
  /// - Throws: `TaskError.unknownColumn`, `.unusableValue`.
  package func predict(_ row: FeatureRow) throws -> Problem.Answer {
    let score = try scorer.rawScore(row)
    return Problem.answer(
      model.trees.predictions(of: [score], model.calibration)[0], layout: model.layout,
      modelVersion: modelVersion)
  }
}

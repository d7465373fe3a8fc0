// A trained model of trees that answers rows and tables, with reasons.
import Evaluation
package import LearningTasks
import NumericCore
package import Tables
import Texts

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
  private let cells: CellReader
  private let categories: KnownCategories
  private var reasons: Int
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
    cells = model.layout.cellReader
    categories = KnownCategories(of: model.trees)
  }

  /// The most rows that are predicted one by one, without the preparations for many.
  private static var fewRows: Int { 64 }

  package var isQuick: Bool { reasons + interactions == 0 }

  package func explaining(_ count: Int) throws -> TabularPredictor {
    try model.check(reasons: count)
    var result = self
    result.reasons = count
    return result
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
    do {
      return try model.layout.reading(
        source, labelled: false, withIdentifiers: true, context: context
      ).table
    } catch TableError.missingColumn(_, let name, _)
      where source.mayLackIdentifiers && model.layout.id.contains(name)
    {
      return try model.layout.reading(source, labelled: false, context: context).table
    }
  }

  package func table(
    _ columns: [CellColumn], rowCount: Int, named name: String
  ) throws -> Table {
    for column in columns { try scorer.requireKnown(ByteText(column.name)) }
    let table = try cells.table(columns, rowCount: rowCount, named: name)
    try model.layout.features(of: table).requireFinite(data: name)
    return table
  }

  package func answers(
    to columns: [CellColumn], rowCount: Int, named name: String, context: RunContext
  ) throws -> Table {
    if let answers = try fewAnswers(to: columns, rowCount: rowCount, named: name) { return answers }
    return try predict(
      table(columns, rowCount: rowCount, named: name), named: name, context: context)
  }

  /// The answers to a few rows without a table of them; nil where there are more, or where the table
  /// tells what is wrong or lacking.
  private func fewAnswers(
    to columns: [CellColumn], rowCount: Int, named name: String
  ) throws -> Table? {
    guard isQuick, !refusesUnknown, rowCount <= Self.fewRows else { return nil }
    let identifierCount = model.layout.identifiers.count
    var places: [Int] = []
    places.reserveCapacity(columns.count)
    var identifiers = [Column?](repeating: nil, count: identifierCount)
    for column in columns {
      // A column that training dropped is not looked at.
      guard let place = cells.place(of: ByteText(column.name)) else { return nil }
      places.append(place)
      if place < identifierCount { identifiers[place] = cells.texts(column.cells, place: place) }
    }
    guard
      let scores = scorer.rawScores(of: columns, at: places, rowCount: rowCount, by: cells)
    else { return nil }
    let predictions = model.trees.predictions(of: scores, model.calibration)
    return try (identifiers.compactMap(\.self) + answerColumns(predictions))
      .answers(rowCount: rowCount, data: name)
  }

  /// What is told of predictions: the columns of the problem and the version.
  private func answerColumns(_ predictions: [Double]) -> [Column] {
    zip(Problem.answerFields, Problem.answerValues(predictions, layout: model.layout)).map {
      Column(name: $0.name, values: $1)
    } + [.modelVersion(modelVersion, rowCount: predictions.count)]
  }

  /// The predictions for a table, the same for any number of rows.
  private func predictions(of table: Table, pool: WorkerPool) throws -> [Double] {
    guard table.rowCount <= Self.fewRows, let scores = scorer.rawScores(of: table) else {
      return try model.predict(table, pool: pool)
    }
    return model.trees.predictions(of: scores, model.calibration)
  }

  package func predict(_ table: Table, named name: String, context: RunContext) throws -> Table {
    let layout = model.layout
    try model.checkCategories(
      of: table, knowing: categories, data: name, refusing: refusesUnknown, context: context)
    let predictions = try predictions(of: table, pool: context.pool)
    var columns = layout.id.compactMap { table[$0] }
    columns += answerColumns(predictions)
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

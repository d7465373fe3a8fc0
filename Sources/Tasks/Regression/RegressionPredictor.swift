// A trained regression model that answers rows and tables with numbers and reasons.
import GradientBoosting
public import Tables

/// A predicted number.
public struct NumberPrediction: Encodable, Sendable, Equatable {
  /// The number, on the scale of the target.
  public var prediction: Double
  /// The model that answered.
  public var modelVersion: String

  enum CodingKeys: String, CodingKey {
    case prediction
    case modelVersion = "model_version"
  }
}

/// A trained regression model.
///
/// A table is answered by the identifiers of training that it has (text), `prediction` (number, on
/// the scale of the target), `model_version` (category), and for each reason that is asked for
/// `reason_1` (text: the column and its value) and `reason_1_effect` (number: its Shapley value, in
/// units of the target; of the loss poisson in its logarithm).
public struct RegressionPredictor: Predictor {
  /// The column of predicted numbers.
  static let prediction = "prediction"
  /// The columns that predictions add to the identifiers.
  static let columnNames = [prediction, "model_version"]

  public let task = RegressionConfiguration.task
  let model: RegressionModel
  private let scorer: NamedRowScorer
  private let reasons: Int
  private let refusesUnknown: Bool

  /// Reads a run folder.
  ///
  /// - Parameters:
  ///   - reasons: how many reasons are told for each row of a table; nil for none.
  ///   - refusesUnknown: whether a column of a table whose categories are all new to the model is
  ///     an error.
  /// - Throws: `TaskError.notAModel`, `.reasons` if the model cannot give as many; `StorageError`.
  public init(folder: String, reasons: Int? = nil, refusesUnknown: Bool = true) throws {
    model = try RegressionModel(folder: folder)
    try model.check(reasons: reasons)
    self.reasons = reasons ?? 0
    self.refusesUnknown = refusesUnknown
    scorer = NamedRowScorer(model)
  }

  public var modelVersion: String { model.version }

  public var inputSchema: Schema {
    Schema(fields: model.layout.identifiers + model.layout.features)
  }

  public var outputSchema: Schema {
    Schema(
      fields: model.layout.identifiers + [
        Schema.Field(name: Self.prediction, kind: .number),
        Schema.Field(name: "model_version", kind: .category),
      ] + PredictionReasons.fields(reasons))
  }

  public func read(_ source: TableSource, context: RunContext) throws -> Table {
    try model.layout.reading(source, labelled: false, withIdentifiers: true, context: context)
      .table
  }

  public func predict(_ table: Table, named name: String, context: RunContext) throws -> Table {
    try model.checkCategories(of: table, data: name, refusing: refusesUnknown, context: context)
    var columns = model.layout.id.compactMap { table[$0] }
    columns += [
      Column(
        name: Self.prediction,
        values: .number(NumberColumn(try model.predict(table, pool: context.pool)))),
      .modelVersion(modelVersion, rowCount: table.rowCount),
    ]
    if reasons > 0 {
      try context.begin("explaining")
      columns += try PredictionReasons.columns(
        reasons, of: model.layout.features(of: table), rowCount: table.rowCount,
        trees: model.trees, context: context)
    }
    return try columns.answers(rowCount: table.rowCount, data: name)
  }

  /// Answers one row, without reasons.
  ///
  /// Values are given as to `ClassifierPredictor`. What is left out is missing.
  ///
  /// - Throws: `TaskError.unknownColumn`, `.unusableValue`.
  public func predict(_ row: FeatureRow) throws -> NumberPrediction {
    NumberPrediction(
      prediction: model.trees.objective.prediction(score: try scorer.rawScore(row)),
      modelVersion: modelVersion)
  }
}

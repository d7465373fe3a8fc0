// A trained classifier that answers rows and tables with probabilities, labels and reasons.
import Evaluation
public import Tables

/// The columns that predictions add to the identifiers.
enum PredictionColumns {
  static let probability = "churn_probability"
  static let label = "churn_label"
  static let version = "model_version"
  /// Their names, in their order.
  static let columnNames = [probability, label, version]
}

/// A customer's probability.
public struct ClassPrediction: Encodable, Sendable, Equatable {
  /// The probability of the positive class, 0 to 1.
  public var probability: Double
  /// The class, as the training data name it.
  public var label: String
  /// The model that answered.
  public var modelVersion: String

  enum CodingKeys: String, CodingKey {
    case probability = "churn_probability"
    case label = "churn_label"
    case modelVersion = "model_version"
  }
}

/// A trained classifier.
///
/// A table is answered by the identifiers of training that it has (text), `churn_probability`
/// (number, 0 to 1), `churn_label` (category: the two classes of training), `model_version`
/// (category), and for each reason that is asked for `reason_1` (text: the column and its value) and
/// `reason_1_effect` (number: its Shapley value in log-odds).
public struct ClassifierPredictor: Predictor {
  public let task = ChurnConfiguration.task
  let model: ClassifierModel
  private let scorer: NamedRowScorer
  private let reasons: Int
  private let refusesUnknown: Bool

  /// Reads a run folder.
  ///
  /// - Parameters:
  ///   - reasons: how many reasons are told for each row of a table; nil for none.
  ///   - refusesUnknown: whether a column of a table whose categories are all new to the model is an
  ///     error.
  /// - Throws: `TaskError.notAModel`, `.reasons` if the model cannot give as many; `StorageError`.
  public init(folder: String, reasons: Int? = nil, refusesUnknown: Bool = true) throws {
    try self.init(ClassifierModel(folder: folder), reasons: reasons, refusesUnknown: refusesUnknown)
  }

  init(_ model: ClassifierModel, reasons: Int? = nil, refusesUnknown: Bool = true) throws {
    try model.check(reasons: reasons)
    self.model = model
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
        Schema.Field(name: PredictionColumns.probability, kind: .number),
        Schema.Field(name: PredictionColumns.label, kind: .category),
        Schema.Field(name: PredictionColumns.version, kind: .category),
      ] + PredictionReasons.fields(reasons))
  }

  public func read(_ source: TableSource, context: RunContext) throws -> Table {
    try model.layout.reading(source, labelled: false, withIdentifiers: true, context: context)
      .table
  }

  public func predict(_ table: Table, named name: String, context: RunContext) throws -> Table {
    let layout = model.layout
    try model.checkCategories(
      of: table, data: name, refusing: refusesUnknown, context: context)
    let probabilities = try model.predict(table, pool: context.pool)
    let labels = probabilities.map { Int32($0 >= layout.threshold ? 1 : 0) }
    var columns = layout.id.compactMap { table[$0] }
    columns += [
      Column(
        name: PredictionColumns.probability, values: .number(NumberColumn(probabilities))),
      Column(
        name: PredictionColumns.label,
        values: .category(
          CategoryColumn(codes: labels, levels: [layout.negative, layout.positive]))),
      .modelVersion(modelVersion, rowCount: table.rowCount),
    ]
    if reasons > 0 {
      try context.begin("explaining")
      columns += try PredictionReasons.columns(
        reasons, of: layout.features(of: table), rowCount: table.rowCount, trees: model.trees,
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
  public func predict(_ row: FeatureRow) throws -> ClassPrediction {
    let probability = model.calibration.probabilities([try scorer.rawScore(row)])[0]
    let layout = model.layout
    return ClassPrediction(
      probability: probability,
      label: probability >= layout.threshold ? layout.positive : layout.negative,
      modelVersion: modelVersion)
  }
}

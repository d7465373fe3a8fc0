public import Evaluation
import NumericCore
// Evaluation: how good a trained model is on a labelled table.
import Storage
import Tables

/// What `evaluate` found.
public struct ChurnEvaluationReport: Encodable, Sendable {
  /// Always "churn".
  public var task = ChurnConfiguration.task
  /// The rows of the table.
  public var rows: Int
  /// The rows of the positive class.
  public var positives: Int
  /// The metrics on all rows.
  public var metrics: ChurnMetrics
  /// Mean prediction against what happened in ten bins of equal width.
  public var reliability: [ReliabilityTable.Bin]
  /// What acting on the probabilities earns; absent where no terms were given.
  public var profit: ChurnProfit?
  /// The model that was evaluated.
  public var modelVersion: String
  /// The table that was read.
  public var data: String

  enum CodingKeys: String, CodingKey {
    case task, rows, positives, metrics, reliability, profit, data
    case modelVersion = "model_version"
  }
}

extension ChurnTask {
  /// Measures a model on a labelled table.
  ///
  /// - Parameter terms: what contacting costs and brings; nil leaves profits out.
  /// - Throws: `ArtifactError`, `TableError`, `TaskError`, `EvaluationError`.
  public static func evaluate(
    model folder: String, input: ChurnInput, terms: ProfitTerms?, context: TaskContext
  ) throws -> ChurnEvaluationReport {
    let model = try ChurnModel(folder: folder)
    try context.begin("reading \(input.shownLocation)")
    let result = try model.layout.readingToJudge(
      input.location, delimiter: input.delimiterByte, header: input.header ?? model.layout.header,
      context: context)
    let table = result.table
    let labels = try model.layout.labels(of: table, data: input.shownLocation)
    var configuration = ChurnConfiguration()
    try RunFolderReader.apply(
      ChurnRunFiles.configurationName, of: folder, by: ChurnConfiguration.layers,
      to: &configuration)
    context.warn(
      ChurnWarnings.learntFrom(
        try Manifest.Input(input.location, files: result.files), manifest: model.manifest,
        test: configuration.judging.test)
        + ChurnWarnings.fewRows(table.rowCount))
    try context.begin("predicting")
    try model.checkCategories(of: table, data: input.shownLocation, context: context)
    let probabilities = try model.predict(table, pool: context.pool)
    try context.begin("measuring")
    let scored = try ScoredRows(
      labels: labels.map { $0 == 1 }, probabilities: probabilities,
      groups: model.layout.groups(of: table, labels: labels, pool: context.pool))
    let measured = try BinaryMetrics(scored, pool: context.pool)
    return ChurnEvaluationReport(
      rows: measured.rows, positives: measured.positives, metrics: ChurnMetrics(measured),
      reliability: ReliabilityTable.reported(scored),
      profit: try terms.map { try ChurnProfit(scored, terms: $0, pool: context.pool) },
      modelVersion: model.version,
      data: input.shownLocation)
  }
}

// Predicting which customers leave, as a learning task: reading, training, and what documents hold.
import Configuration
package import Evaluation
import GradientBoosting
import LinearModels
import ModelFormats
import NumericCore
import Preprocessing
import Storage
import Tables

/// Predicts which customers leave.
public enum ChurnTask {}

extension ChurnTask: LearningTask {
  package typealias Configuration = ChurnConfiguration
  package typealias Tables = ClassifierTable
  package typealias Model = ClassifierModel
  package typealias Summary = ClassifierSummary
  package typealias Record = ClassifierRecord
  package typealias Details = ClassifierDetails
  package typealias Description = ClassifierDescription
  package typealias Measures = ClassifierMeasures
  package typealias Search = ClassifierSearch

  package static let unit = "rows"
  package static let phases: [Stopwatch.Phase] = [.read, .bin, .train, .evaluate]

  package static func read(
    _ configuration: ChurnConfiguration, target: String?, context: RunContext
  ) throws -> ClassifierTable {
    try ClassifierTable(configuration, target: target, context: context)
  }

  package static func fit(
    _ table: ClassifierTable, configuration: ChurnConfiguration, options: TrainingOptions,
    context: RunContext
  ) throws -> FinishedTraining<ChurnTask> {
    let (data, continued) = (table.data, table.continued)
    let fit = ClassifierFit(
      data: data, configuration: try table.resolved(configuration), continuing: continued?.trees,
      context: context)
    let design = try BaselineDesign(data.columns.features, rows: fit.allRows)
    if let note = design.note { context.progress(.note(note)) }
    let evaluation = try fit.judge()
    let final = evaluation.finalModel
    let contributions = try PredictionReasons.contributions(
      data.rows, trees: final.boosting.model, mostRows: options.explainedRows,
      seed: UInt64(configuration.seed), context: context)
    let summary = ClassifierSummary(
      data: data, evaluation: evaluation, continued: continued?.trees,
      contributions: contributions)
    return FinishedTraining(
      summary: summary,
      record: ClassifierRecord(dropped: data.columns.dropped, positive: data.target.positive),
      details: ClassifierDetails(data), evaluated: evaluation.judgedOn,
      resolved: try configuration.resolvedValues(
        rows: data.rowCount, positive: data.target.positive),
      inputs: [data.input] + evaluation.inputs
        + (continued.map { [$0.manifest] + $0.learnt.filter { $0 != data.input } } ?? []),
      warnings: warnings(configuration, table, evaluation, summary),
      files: {
        var file = try final.boosting.model.safetensors()
        final.calibration.store(in: &file)
        return [
          (ClassifierModel.fileName, file.encoded()),
          (ClassifierLayout.fileName, try data.layout.encoded()),
        ] + (try design.scalerFiles())
      })
  }

  /// What makes the metrics of a training doubtful.
  private static func warnings(
    _ configuration: ChurnConfiguration, _ table: ClassifierTable,
    _ evaluation: ClassifierEvaluation,
    _ summary: ClassifierSummary
  ) -> [String] {
    let (judging, input) = (configuration.judging, table.data.input)
    let learntBefore = table.continued.map {
      ClassifierWarnings.learntBefore(
        judged: evaluation.inputs + (judging.share != nil || judging.folds > 0 ? [input] : []),
        calibrated: configuration.calibration == .none ? nil : input, by: $0)
    }
    return (learntBefore ?? []) + TableWarnings.fewRows(evaluation.judgedRows)
      + ClassifierWarnings.leak(auc: summary.metrics.auc, importances: summary.importances)
  }

  package static func describe(
    _ model: ClassifierModel, _ results: ClassifierResults, folder: String
  ) throws -> ClassifierDescription {
    try results.check(
      columns: results.columns, trees: results.summary.model.numTrees, against: model,
      folder: folder)
    return ClassifierDescription(model, results.summary)
  }

  package static func resolved(
    _ configuration: ChurnConfiguration, _ results: ClassifierResults
  ) throws -> [String: String] {
    try configuration.resolvedValues(rows: results.rows, positive: results.positive)
  }

  package static func measure(
    _ model: ClassifierModel, on source: TableSource, configuration: ChurnConfiguration,
    terms: ProfitTerms?, context: RunContext
  ) throws -> ClassifierMeasures {
    try context.begin("reading \(source.shown)")
    let result = try model.layout.readingToJudge(source, context: context)
    let table = result.table
    let labels = try model.layout.labels(of: table, data: source.shown)
    context.warn(
      TableWarnings.learntFrom(
        try Manifest.Input(source.location, files: result.files), manifest: model.manifest,
        test: configuration.judging.test)
        + TableWarnings.fewRows(table.rowCount))
    try context.begin("predicting")
    try model.checkCategories(of: table, data: source.shown, context: context)
    let probabilities = try model.predict(table, pool: context.pool)
    try context.begin("measuring")
    let scored = try ScoredRows(
      labels: labels.map { $0 == 1 }, probabilities: probabilities,
      groups: model.layout.groups(of: table, labels: labels, pool: context.pool))
    let measured = try BinaryMetrics(scored, pool: context.pool)
    return ClassifierMeasures(
      rows: measured.rows, positives: measured.positives, metrics: ClassifierMetrics(measured),
      reliability: ReliabilityTable.reported(scored),
      profit: try terms.map { try ProfitReport(scored, terms: $0, pool: context.pool) })
  }
}

extension ChurnConfiguration {
  /// What the settings that may be "auto" came to in the training of a number of rows, as TOML.
  func resolvedValues(rows: Int, positive: String) throws -> [String: String] {
    var filled = try filled(rows: rows)
    filled.positive = positive
    return filled.automaticValues
  }
}

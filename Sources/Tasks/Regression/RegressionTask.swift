// Predicting numbers, as a learning task: reading, training, and what documents hold.
import Configuration
package import Evaluation
import GradientBoosting
import LinearModels
import ModelFormats
import NumericCore
import Storage
package import Tables

/// Predicts a number of each row, such as a customer's value.
public enum RegressionTask {}

extension RegressionTask: LearningTask {
  package typealias Configuration = RegressionConfiguration
  package typealias Tables = RegressionTable
  package typealias Model = RegressionModel
  package typealias Summary = RegressionSummary
  package typealias Record = RegressionRecord
  package typealias Details = RegressionDetails
  package typealias Description = RegressionDescription
  package typealias Measures = RegressionMeasures
  package typealias Search = RegressionSearch

  package static let unit = "rows"
  package static let phases: [Stopwatch.Phase] = [.read, .bin, .train, .evaluate]

  package static func read(
    _ configuration: RegressionConfiguration, target: String?, context: RunContext
  ) throws -> RegressionTable {
    try RegressionTable(configuration, context: context)
  }

  package static func fit(
    _ table: RegressionTable, configuration: RegressionConfiguration, options: TrainingOptions,
    context: RunContext
  ) throws -> FinishedTraining<RegressionTask> {
    let (rows, layout) = (table.rows, table.layout)
    let fit = RegressionFit(
      rows: rows, layout: layout,
      configuration: try configuration.resolved(
        rows: rows.rowCount, constants: rows.columns.constants),
      context: context)
    let design = try BaselineDesign(rows.columns.features, rows: rows.allRows)
    if let note = design.note { context.progress(.note(note)) }
    let evaluation = try fit.judge()
    let (boosting, trees) = (evaluation.finalModel, evaluation.finalModel.model)
    let contributions = try PredictionReasons.contributions(
      rows, trees: trees, mostRows: options.explainedRows, seed: UInt64(configuration.seed),
      context: context)
    return FinishedTraining(
      summary: RegressionSummary(
        rows: rows.rowCount, columns: rows.columns.features.count, repeats: rows.repeats.counts,
        metrics: evaluation.metrics, folds: evaluation.folds, baselines: evaluation.baselines,
        model: RegressionSummary.ModelSummary(
          numTrees: trees.treeCount, numLeavesMean: trees.meanLeaves,
          bestIteration: boosting.bestIteration),
        importances: ReportedImportance.all(of: trees, contributions: contributions)),
      record: RegressionRecord(dropped: rows.columns.dropped),
      details: RegressionDetails(columnKinds: rows.columnKinds), evaluated: evaluation.judgedOn,
      resolved: try configuration.filled(rows: rows.rowCount).automaticValues,
      inputs: [rows.input] + evaluation.inputs,
      warnings: TableWarnings.fewRows(evaluation.judgedRows),
      files: {
        [
          (RegressionModel.fileName, try trees.safetensors().encoded()),
          (ColumnLayout.fileName, try layout.encoded()),
        ] + (try design.scalerFiles())
      })
  }

  package static func describe(
    _ model: RegressionModel, _ results: RunResults<RegressionTask>, folder: String
  ) throws -> RegressionDescription {
    let summary = results.summary
    try results.check(
      columns: summary.columns, trees: summary.model.numTrees, against: model, folder: folder)
    return RegressionDescription(
      target: model.layout.target.name, loss: model.loss, id: model.layout.id, rows: summary.rows,
      metrics: summary.metrics, baselines: summary.baselines, model: summary.model,
      importances: summary.importances, columnKinds: model.layout.describedColumns)
  }

  package static func resolved(
    _ configuration: RegressionConfiguration, _ results: RunResults<RegressionTask>
  ) throws -> [String: String] {
    try configuration.filled(rows: results.rows).automaticValues
  }

  package static func measure(
    _ model: RegressionModel, on source: TableSource, configuration: RegressionConfiguration,
    terms: ProfitTerms?, context: RunContext
  ) throws -> RegressionMeasures {
    try context.begin("reading \(source.shown)")
    let result = try model.layout.readingToJudge(source, context: context)
    let table = result.table
    let targets = try model.layout.targets(of: table, loss: model.loss, data: source.shown)
    context.warn(
      TableWarnings.learntFrom(
        try Manifest.Input(source.location, files: result.files), manifest: model.manifest,
        test: configuration.judging.test)
        + TableWarnings.fewRows(table.rowCount))
    try context.begin("predicting")
    try model.checkCategories(of: table, data: source.shown, context: context)
    let predictions = try model.predict(table, pool: context.pool)
    try context.begin("measuring")
    let measured = try RegressionMetrics(
      targets: targets, predictions: predictions,
      groups: model.layout.groups(of: table, labels: targets, pool: context.pool),
      pool: context.pool)
    return RegressionMeasures(rows: measured.rows, metrics: RegressionScores(measured))
  }
}

extension RegressionTask: PredictingTask {
  package static func predictor(
    folder: String, reasons: Int?, refusesUnknown: Bool
  ) throws -> RegressionPredictor {
    try RegressionPredictor(folder: folder, reasons: reasons, refusesUnknown: refusesUnknown)
  }

  package static func summary(of answers: Table) -> RegressionAnswers {
    guard case .number(let predictions)? = answers[RegressionPredictor.prediction]?.values else {
      preconditionFailure("answers without predictions")
    }
    return RegressionAnswers(
      meanPrediction: VectorMath.sum(predictions.doubles()) / Double(answers.rowCount))
  }
}

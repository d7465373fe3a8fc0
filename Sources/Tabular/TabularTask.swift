// The task of any problem on one labelled table: reading, training, and what documents hold.
import Configuration
package import Evaluation
import GradientBoosting
package import LearningTasks
import LinearModels
import ModelFormats
import NumericCore
import Preprocessing
import Storage
package import Tables

/// Predicts the target of a table by trees over its other columns.
package enum TabularTask<Problem: TabularProblem>: PredictingTask {
  package typealias Configuration = Problem.Configuration
  package typealias Tables = TabularTable<Problem>
  package typealias Model = TrainedTrees<Problem>
  package typealias Answering = TabularPredictor<Problem>
  package typealias Search = TabularSearch<Problem>
  package typealias Summary = SideBySide<
    TreesSummary<Problem.Scores, Problem.Baselines>, Problem.Findings
  >
  package typealias Record = SideBySide<TableRecord, Problem.Facts>
  package typealias Details = TableDetails<Problem.Target>
  package typealias Description = SideBySide<
    TreesDescription<Problem.Scores, Problem.Baselines>, Problem.Traits
  >
  package typealias Measures = SideBySide<TableMeasures<Problem.Scores>, Problem.Extras>

  package static var unit: String { "rows" }
  package static var phases: [Stopwatch.Phase] {
    [.read, .bin, .train, .importances, .baselines, .metrics]
  }

  package static func read(
    _ configuration: Configuration, target: String?, context: RunContext
  ) throws -> Tables {
    try TabularTable(configuration, output: target, context: context)
  }

  /// The encoders of the baseline; a number that they cannot scale is one of the table.
  private static func design(
    _ rows: LabelledRows, data: String, pool: WorkerPool
  ) throws -> BaselineDesign {
    do {
      return try BaselineDesign(rows.columns.features, rows: rows.allRows, pool: pool)
    } catch PreprocessingError.beyondScale(let column, let row, let value) {
      throw TaskError.beyondScale(column: column, row: row + 1, found: value, data: data)
    }
  }

  package static func fit(
    _ table: Tables, configuration: Configuration, options: TrainingOptions,
    context: RunContext
  ) throws -> FinishedTraining<Self> {
    let (rows, continued) = (table.rows, table.continued)
    let design = try Self.design(
      rows, data: configuration.data.shownPath, pool: context.pool)
    if let note = design.note { context.progress(.note(note)) }
    let evaluation = try TabularFit(
      table: table, configuration: try table.resolved(configuration), context: context
    ).judge()
    let (final, trees) = (evaluation.finalModel, evaluation.finalModel.boosting.model)
    let contributions = try PredictionReasons.contributions(
      rows, trees: trees, mostRows: options.explainedRows, seed: UInt64(configuration.seed),
      context: context)
    let summary = Summary(
      TreesSummary(
        rows: rows.rowCount, columns: rows.columns.features.count, repeats: rows.repeats.counts,
        metrics: evaluation.scores[0], folds: evaluation.folds,
        baselines: Problem.baselines(Array(evaluation.scores.dropFirst())),
        model: TreesSize(final, continued: continued?.model.trees),
        importances: ReportedImportance.all(of: trees, contributions: contributions)),
      evaluation.findings)
    let facts = Problem.facts(of: table.target)
    return FinishedTraining(
      summary: summary, record: Record(TableRecord(dropped: rows.columns.dropped), facts),
      details: TableDetails(
        columnKinds: rows.columnKinds, dropped: rows.columns.dropped, target: table.target),
      evaluated: evaluation.judgedOn,
      resolved: try resolvedValues(of: configuration, rows: rows.rowCount, facts),
      inputs: [rows.input] + evaluation.inputs
        + (continued.map { [$0.manifest] + $0.learnt.filter { $0 != rows.input } } ?? []),
      warnings: learntBefore(table, configuration, judgedOn: evaluation.inputs)
        + TableWarnings.fewRows(evaluation.judgedRows) + Problem.doubts(summary),
      files: {
        var file = try trees.safetensors()
        final.calibration?.store(in: &file)
        return [
          (Model.fileName, file.encoded()), (Problem.Layout.fileName, try table.layout.encoded()),
        ] + (try design.scalerFiles())
      })
  }

  /// The doubts about tables that the model continued from has learnt from.
  private static func learntBefore(
    _ table: Tables, _ configuration: Configuration, judgedOn tests: [Manifest.Input]
  ) -> [RunWarning] {
    guard let continued = table.continued else { return [] }
    let (judging, input) = (configuration.judging, table.rows.input)
    let isJudged = judging.share != nil || judging.folds > 0
    let isCalibrated = Problem.calibration(of: configuration).map { $0 != .none } ?? false
    return TableWarnings.learntBefore(
      judged: tests + (isJudged ? [input] : []), calibrated: isCalibrated ? input : nil,
      by: continued.learnt)
  }

  package static func describe(
    _ model: Model, _ results: RunResults<Self>, folder: String
  ) throws -> Description {
    let summary = results.summary.first
    try check(summary, against: model, file: "\(folder)/\(RunResults<Self>.fileName)")
    return Description(
      TreesDescription(
        target: model.layout.target.name, id: model.layout.id, rows: summary.rows,
        metrics: summary.metrics, baselines: summary.baselines, model: summary.model,
        importances: summary.importances, columnKinds: model.layout.describedColumns),
      Problem.traits(of: model))
  }

  /// Checks that results are those of a model.
  private static func check(
    _ summary: TreesSummary<Problem.Scores, Problem.Baselines>, against model: Model, file: String
  ) throws {
    func words(_ columns: Int, _ trees: Int, _ calibration: Calibration.Method?) -> String {
      "\(columns) columns, \(trees) trees"
        + (calibration.map { ", the calibration \($0.rawValue)" } ?? "")
    }
    let size = summary.model
    let found = words(summary.columns, size.numTrees, size.calibration)
    let expected = words(
      model.layout.features.count, model.trees.treeCount, model.calibration?.method)
    guard found == expected else {
      throw StorageError.corrupt(
        file: file, item: "metrics", found: "of \(found)",
        expected: "those of the model, \(expected)")
    }
  }

  package static func resolved(
    _ configuration: Configuration, _ results: RunResults<Self>
  ) throws -> [String: String] {
    try resolvedValues(
      of: configuration, rows: results.summary.first.rows, results.record.second)
  }

  /// What the settings that may be "auto" came to in a training, as TOML.
  private static func resolvedValues(
    of configuration: Configuration, rows: Int, _ facts: Problem.Facts
  ) throws -> [String: String] {
    var filled = try configuration.filled(rows: rows)
    Problem.fill(&filled, with: facts)
    return filled.automaticValues
  }

  package static func measure(
    _ model: Model, on source: TableSource, configuration: Configuration, terms: ProfitTerms?,
    context: RunContext
  ) throws -> Measures {
    try context.begin("reading \(source.shown)")
    let result = try model.layout.readingToJudge(source, context: context)
    let table = result.table
    let labels = try model.labels(of: table, data: source.shown)
    context.warn(
      TableWarnings.learntFrom(
        try Manifest.Input(source.location, files: result.files), manifest: model.manifest,
        test: configuration.judging.test)
        + TableWarnings.fewRows(table.rowCount))
    try context.begin("predicting")
    try model.checkCategories(of: table, data: source.shown, context: context)
    let predictions = try model.predict(table, pool: context.pool)
    try context.begin("measuring")
    let rows = PredictedRows(
      labels: labels, predictions: predictions,
      groups: model.layout.groups(of: table, labels: labels, pool: context.pool))
    do {
      let scores = try Problem.Scores(
        rows, seed: Problem.Scores.usualSeed, drawsInterval: true, pool: context.pool)
      return Measures(
        TableMeasures(rows: table.rowCount, metrics: scores),
        try Problem.extras(rows, terms: terms, pool: context.pool))
    } catch EvaluationError.oneClass(let label, let rows) {
      throw TaskError.oneClass(isPositive: label, rows: rows, data: source.shown)
    }
  }

  package static func predictor(
    folder: String, reasons: Int?, interactions: Int?, refusesUnknown: Bool
  ) throws -> Answering {
    try TabularPredictor(
      folder: folder, reasons: reasons, interactions: interactions,
      refusesUnknown: refusesUnknown)
  }

  package static func summary(of answers: Table) -> Problem.Answers {
    Problem.summary(of: answers)
  }
}

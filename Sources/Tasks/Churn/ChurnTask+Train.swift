import Evaluation
import GradientBoosting
import NumericCore
// Training: read, judge on rows that were not learnt from, train on all rows, write the run folder.
public import Storage
import Tables

extension ChurnTask {
  /// Trains a churn model and writes its run folder.
  ///
  /// The bytes of the folder are a function of the data and the configuration.
  ///
  /// - Parameters:
  ///   - folder: the folder to fill; complete when this returns, cancelled when it throws.
  ///   - shownAs: the folder as the report names it.
  ///   - explainedRows: the most rows on which mean contributions are measured; nil for 2,000.
  /// - Throws: the errors of every room below; `TaskError.cancelled` when the work was stopped.
  public static func train(
    _ configuration: ChurnConfiguration, into folder: RunFolder, shownAs: String,
    explainedRows: Int? = nil, context: TaskContext
  ) throws -> ChurnReport {
    defer { folder.cancel() }
    try OutputPlace.check(folder: folder.target, inputs: configuration.inputs)
    let table = try ChurnTable(configuration, target: folder.target, context: context)
    return try train(
      table, configuration: table.configuration, files: [], inputs: [], into: folder,
      shownAs: shownAs, explainedRows: explainedRows, context: context)
  }

  /// Trains a churn model on a table that has been read, and writes its run folder.
  ///
  /// - Parameters:
  ///   - configuration: that of the table, with any hyperparameters.
  ///   - files: what else the folder is to hold.
  ///   - inputs: what else the manifest is to name.
  ///   - explainedRows: the most rows on which mean contributions are measured; nil for 2,000.
  ///   - searchSeconds: those of a search since reading began, which the report does not count as
  ///     any of its phases.
  static func train(
    _ table: ChurnTable, configuration: ChurnConfiguration,
    files: [(name: String, bytes: [UInt8])], inputs: [Manifest.Input], into folder: RunFolder,
    shownAs: String, explainedRows: Int? = nil, searchSeconds: Double = 0, context: TaskContext
  ) throws -> ChurnReport {
    let (data, continued, clock) = (table.data, table.continued, table.clock)
    var timings = table.timings
    let fit = ChurnFit(
      data: data, configuration: try table.resolved(configuration), continuing: continued?.trees,
      context: context)
    let design = try BaselineDesign(data.columns.features, rows: fit.allRows)
    if let note = design.note { context.progress(.note(note)) }
    let judgement = try fit.judge(timings: &timings)
    let final = judgement.finalModel
    try context.begin("explaining")
    let contributions = try clock.measure(&timings.evaluate) {
      try ChurnReasons.meanAbsoluteContributions(
        of: data.columns.features, rowCount: data.rowCount, trees: final.boosting.model,
        mostRows: explainedRows, seed: UInt64(configuration.seed), pool: context.pool)
    }
    try context.begin("writing")
    let results = ChurnResults(
      data: data, judgement: judgement, final: final, continued: continued?.trees,
      contributions: contributions)
    if let continued {
      context.warn(
        ChurnWarnings.learntBefore(
          judged: judgedInputs(configuration, data, judgement),
          calibrated: configuration.calibration == .none ? nil : data.input, by: continued))
    }
    context.warn(
      ChurnWarnings.fewRows(judgement.judgedRows)
        + ChurnWarnings.leak(auc: results.metrics.auc, importances: results.importances))
    try write(
      try ChurnRunFiles(
        configuration: configuration.recorded, data: data, model: final,
        pipeline: design.pipeline,
        results: results
      ).all() + files,
      inputs: [data.input] + judgement.inputs
        + (continued.map { [$0.manifest] + $0.learnt.filter { $0 != data.input } } ?? []) + inputs,
      into: folder, context: context)
    timings.total = clock.total
    timings.prepare = max(
      0,
      timings.total - searchSeconds - timings.read - timings.bin - timings.train
        - timings.evaluate)
    return ChurnReport(
      results, seed: configuration.seed, threads: context.pool.threadCount, out: shownAs,
      timings: timings, data: configuration.data.shownPath,
      columnKinds: data.layout.columnKinds ?? [],
      positiveReason: data.target.reason)
  }

  /// The tables on whose rows models are judged.
  private static func judgedInputs(
    _ configuration: ChurnConfiguration, _ data: ChurnData, _ judgement: ChurnJudgement
  ) -> [Manifest.Input] {
    let judging = configuration.judging
    return judgement.inputs + (judging.share != nil || judging.folds > 0 ? [data.input] : [])
  }

  private static func write(
    _ files: [(name: String, bytes: [UInt8])], inputs: [Manifest.Input], into folder: RunFolder,
    context: TaskContext
  ) throws {
    for (name, bytes) in files {
      try context.checkCancelled()
      try folder.write(bytes, to: name)
    }
    try context.checkCancelled()
    try folder.commit(inputs: inputs, mlcoreVersion: ProgramVersion.current)
  }
}

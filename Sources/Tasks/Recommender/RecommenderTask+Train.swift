import NumericCore
import Recommender
// Training: read, judge on interactions that were not learnt from, train on all of them, write the
// run folder.
public import Storage
import Tables

extension RecommenderTask {
  /// Trains a recommender and writes its run folder.
  ///
  /// The bytes of the folder are a function of the data and the configuration, for one build of the
  /// linear algebra.
  ///
  /// - Parameters:
  ///   - folder: the folder to fill; nil trains and judges baselines only, and writes nothing.
  ///   - shownAs: the folder as the report names it.
  /// - Throws: the errors of every room below; `TaskError.cancelled` when the work was stopped.
  public static func train(
    _ configuration: RecommenderConfiguration, into folder: RunFolder?, shownAs: String,
    context: TaskContext
  ) throws -> RecommenderReport {
    defer { folder?.cancel() }
    if let folder {
      try OutputPlace.check(folder: folder.target, inputs: configuration.inputs)
    }
    let tables = try RecommenderTables(configuration, context: context)
    return try train(
      tables, configuration: configuration, files: [], inputs: [], into: folder, shownAs: shownAs,
      timings: tables.timings, context: context)
  }

  /// Trains a recommender on tables that have been read, and writes its run folder.
  ///
  /// - Parameters:
  ///   - configuration: that of the tables, with any hyperparameters.
  ///   - files: what else the folder is to hold.
  ///   - inputs: what else the manifest is to name.
  ///   - timings: the seconds of what was done since reading began.
  ///   - searchSeconds: those of a search, which the report does not count as any of its phases.
  static func train(
    _ tables: RecommenderTables, configuration: RecommenderConfiguration,
    files: [(name: String, bytes: [UInt8])], inputs: [Manifest.Input], into folder: RunFolder?,
    shownAs: String, timings: RecommenderReport.Timings, searchSeconds: Double = 0,
    context: TaskContext
  ) throws -> RecommenderReport {
    let (data, test, preset, clock) = (tables.data, tables.test, tables.preset, tables.clock)
    var timings = timings
    let fit = try tables.fit(configuration, context: context)
    let judgement = try fit.judge(test: test, baselinesOnly: folder == nil, timings: &timings)
    var parameters = 0
    if let folder {
      let final =
        try judgement.final
        ?? fit.trained(
          data.pairs, passes: judgement.epochs, phase: "final training", timings: &timings)
      fit.warnOfZeros(final.fitted)
      parameters = final.fitted.model.parameterCount
      try context.begin("writing")
      let own = RecommenderRunFiles(
        configuration: configuration.recorded, preset: preset, data: data, trained: final,
        judgement: judgement, pool: context.pool)
      for (name, bytes) in try own.all() + files {
        try context.checkCancelled()
        try folder.write(bytes, to: name)
      }
      try folder.commit(
        inputs: tables.inputs + inputs, mlcoreVersion: ProgramVersion.current)
    }
    timings.total = clock.total
    timings.prepare = max(
      0,
      timings.total - searchSeconds - timings.read - timings.train - timings.baselines
        - timings.evaluate)
    return RecommenderReport(
      users: data.users.count, items: data.items.count, interactions: data.pairs.count,
      seed: configuration.seed, threads: context.pool.threadCount, out: shownAs,
      metrics: judgement.metrics, baselines: judgement.baselines,
      model: RecommenderReport.ModelSummary(
        preset: preset.rawValue, dimension: fit.towers.dimension, parameters: parameters),
      epochs: judgement.epochs, samplesPerSecond: judgement.samplesPerSecond, timings: timings,
      judgedOn: judgement.judgedOn, data: LocationText.shown(configuration.data.path))
  }
}

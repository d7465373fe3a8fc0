// Training: read, judge on interactions that were not learnt from, train on all of them, write the
// run folder.
public import Artifacts
import NumericCore
import Recommender
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
    if let folder { try RunFolderReader.requireOutside(folder.target) }
    let clock = PhaseClock()
    var timings = RecommenderReport.Timings()
    let data = try clock.measure(&timings.read) {
      try RecommenderData.reading(configuration, context: context)
    }
    let (test, testInput) = try clock.measure(&timings.read) {
      try testPairs(configuration, data: data, context: context)
    }
    let preset = configuration.model.preset ?? (data.pairs.ratings == nil ? .retrieval : .lab)
    let fit = RecommenderFit(
      data: data, configuration: configuration, towers: try configuration.towers(preset),
      context: context)
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
      let files = RecommenderRunFiles(
        configuration: configuration.recorded, preset: preset, data: data, trained: final,
        judgement: judgement, pool: context.pool)
      for (name, bytes) in try files.all() {
        try context.checkCancelled()
        try folder.write(bytes, to: name)
      }
      try folder.commit(
        inputs: data.inputs + [testInput].compactMap(\.self),
        mlcoreVersion: ProgramVersion.current)
    }
    timings.total = clock.total
    timings.prepare = max(
      0,
      timings.total - timings.read - timings.train - timings.baselines - timings.evaluate)
    return RecommenderReport(
      users: data.users.count, items: data.items.count, interactions: data.pairs.count,
      seed: configuration.seed, threads: context.pool.threadCount, out: shownAs,
      metrics: judgement.metrics, baselines: judgement.baselines,
      model: RecommenderReport.ModelSummary(
        preset: preset.rawValue, dimension: fit.towers.dimension, parameters: parameters),
      epochs: judgement.epochs, samplesPerSecond: judgement.samplesPerSecond, timings: timings,
      judgedOn: judgement.judgedOn, data: LocationText.shown(configuration.data.path))
  }

  private static func testPairs(
    _ configuration: RecommenderConfiguration, data: RecommenderData, context: TaskContext
  ) throws -> (RatedPairs?, Manifest.Input?) {
    guard let test = configuration.judging.test else { return (nil, nil) }
    let reader = RecommenderReader(configuration.data, context: context)
    let columns = try reader.columns(of: test, as: data.columns, needsRatings: true)
    let table = try reader.interactions(test, columns: columns)
    let scale = data.pairs.scale
    let pairs = try RatedPairs(
      table, users: data.users, items: data.items, scale: (scale?.lowerBound, scale?.upperBound),
      context: context)
    return (pairs, table.input)
  }
}

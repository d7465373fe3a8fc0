// Recommending items to users, as a learning task: reading, training, and what documents hold.
import Configuration
package import Evaluation
package import LearningTasks
import NumericCore
import Recommender
import Storage
import Tables

/// Recommends items to users.
package enum RecommenderTask {}

extension RecommenderConfiguration: TaskConfiguration {
  package var withoutLocations: RecommenderConfiguration {
    var result = self
    result.data.path = ""
    result.data.users = data.users.map { _ in "" }
    result.data.items = data.items.map { _ in "" }
    result.judging.test = judging.test.map { _ in "" }
    return result
  }
}

extension RecommenderTask: LearningTask {
  package typealias Configuration = RecommenderConfiguration
  package typealias Tables = RecommenderTables
  package typealias Model = RecommenderModel
  package typealias Summary = RecommenderSummary
  package typealias Record = Nothing
  package typealias Details = RecommenderDetails
  package typealias Description = RecommenderSummary
  package typealias Measures = RecommenderMeasures
  package typealias Search = RecommenderSearch

  package static let unit = "interactions"
  package static let phases: [Stopwatch.Phase] = [.read, .train, .baselines, .evaluate]

  package static func read(
    _ configuration: RecommenderConfiguration, target: String?, context: RunContext
  ) throws -> RecommenderTables {
    try RecommenderTables(configuration, context: context)
  }

  package static func fit(
    _ tables: RecommenderTables, configuration: RecommenderConfiguration,
    options: TrainingOptions, context: RunContext
  ) throws -> FinishedTraining<RecommenderTask> {
    var fit = try tables.fit(configuration, context: context)
    var candidates: [String: Double]?
    if !options.judgesBaselinesOnly {
      let all = tables.data.pairs
      let pairs = tables.test == nil ? all.selecting(try fit.judgingSplit().train) : all
      if configuration.choosesPreset(of: tables.data) {
        (fit, candidates) = try fit.choosingPreset(on: pairs)
      } else {
        fit = try fit.findingValues(on: pairs)
      }
    }
    var judgement = try fit.judge(
      test: tables.test, baselinesOnly: options.judgesBaselinesOnly)
    judgement.candidates = candidates
    guard !options.judgesBaselinesOnly else {
      return try fit.finished(nil, judgement, inputs: tables.inputs)
    }
    let final =
      try judgement.final
      ?? fit.trained(tables.data.pairs, epochs: judgement.epochs, phase: "final training")
    fit.warnOfZeros(final)
    return try fit.finished(final, judgement, inputs: tables.inputs)
  }

  package static func describe(
    _ model: RecommenderModel, _ results: RunResults<RecommenderTask>, folder: String
  ) throws -> RecommenderSummary { results.summary }

  package static func measure(
    _ model: RecommenderModel, on source: TableSource, configuration: RecommenderConfiguration,
    terms: ProfitTerms?, context: RunContext
  ) throws -> RecommenderMeasures {
    var data = configuration.data
    data.delimiter = source.delimiter
    data.header = source.header ?? data.header
    let reader = RecommenderReader(data, context: context)
    let columns = try reader.columns(
      of: source.location, as: model.layout.columns, needsRatings: false)
    let all = try RatedPairs(
      try reader.interactions(source.location, columns: columns), users: model.users,
      items: model.items, scale: (model.layout.lowestRating, model.layout.highestRating),
      context: context)
    let pairs = try all.excluding(model.seen, data: source.shown, context: context)
    try context.begin("measuring")
    return RecommenderMeasures(
      users: model.users.count, items: model.items.count, interactions: pairs.count,
      metrics: try RecommenderMetrics(
        model.scorer, users: model.users.count, items: model.items.count, seen: model.seen,
        judged: pairs, k: configuration.judging.k, predictsRatings: model.layout.predictsRatings,
        pool: context.pool),
      unknown: try UnknownRows(
        all.unknown, scorer: model.scorer, users: model.users.count, items: model.items.count,
        seen: model.seen, k: configuration.judging.k, pool: context.pool))
  }
}

extension RecommenderFit {
  /// What came of a training.
  ///
  /// - Parameter final: the towers that serve; nil where only baselines were trained.
  /// - Throws: `ConfigurationError`.
  func finished(
    _ final: Trained?, _ judgement: RecommenderEvaluation, inputs: [Manifest.Input]
  ) throws -> FinishedTraining<RecommenderTask> {
    FinishedTraining(
      summary: RecommenderSummary(
        users: userCount, items: itemCount, interactions: data.pairs.count,
        metrics: judgement.metrics, embeddings: judgement.embeddings, unknown: judgement.unknown,
        candidates: judgement.candidates, baselines: judgement.baselines,
        model: RecommenderSummary.ModelSummary(
          preset: preset.rawValue, dimension: towers.dimension,
          parameters: final?.fitted.model.parameterCount ?? 0,
          arcs: final?.graph?.arcs.indices.count),
        epochs: judgement.epochs),
      record: Nothing(),
      details: RecommenderDetails(samplesPerSecond: judgement.samplesPerSecond),
      evaluated: judgement.judgedOn, resolved: resolvedValues, inputs: inputs,
      warnings: [judgement.baselineWarning(pool: context.pool)].compactMap(\.self),
      files: { try final.map(files)?.all() ?? [] })
  }

  /// The files of towers.
  func files(of trained: Trained) -> RecommenderFiles {
    RecommenderFiles(
      data: data, trained: trained, predictsRatings: towers.loss == .squaredError,
      pool: context.pool)
  }

  /// What "auto" came to, as TOML by key.
  private var resolvedValues: [String: String] {
    var filled = configuration
    filled.data.userID = data.columns.userID
    filled.data.itemID = data.columns.itemID
    filled.data.rating = data.columns.rating
    filled.data.lowestRating = data.pairs.scale?.lowerBound
    filled.data.highestRating = data.pairs.scale?.upperBound
    filled.data.userFeatures = data.columns.userFeatures
    filled.data.itemFeatures = data.columns.itemFeatures
    filled.judging.split = configuration.split(towers, hasTimes: data.pairs.times != nil)
    filled.model = RecommenderConfiguration.Model(
      preset: preset, dimension: towers.dimension, hidden: towers.hidden.map(String.init),
      loss: towers.loss, temperature: towers.temperature, optimizer: towers.optimizer,
      learningRate: towers.learningRate, weightDecay: towers.weightDecay,
      usersPerStep: towers.usersPerStep, ratingsPerStep: towers.ratingsPerStep,
      usesID: towers.usesID, idDropout: towers.idDropout, exactItems: towers.exactItems,
      negatives: towers.negatives, epochs: towers.epochs, patience: towers.patience)
    return filled.automaticValues
  }
}

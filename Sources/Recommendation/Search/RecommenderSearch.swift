// A search over one table of interactions: the parts that it may see, and trial after trial.
import Configuration
package import LearningTasks
import NumericCore
import Recommender
import Storage
import Synchronization
package import Tuning

/// A search that is ready to run.
package struct RecommenderSearch: HyperparameterSearch {
  package typealias Task = RecommenderTask
  package static let stepsKey = "epochs"

  /// From so many cells of the table of users and items on, all threads work on one trial if its
  /// loss is the softmax.
  ///
  /// Otherwise trials run side by side: the steps of squared error are too small to be shared. The
  /// results are the same.
  private static let manyCells = 5_000_000
  /// Successive halving; progress is epochs.
  static let asha = ASHAPruner(firstStage: 3, passingShare: 0.5)

  package let plan: SearchPlan
  let metric: RecommenderSearchConfiguration.Metric
  let searched: RecommenderSearchSpace
  /// The configuration that the hyperparameters of a trial are put into.
  let base: RecommenderConfiguration
  private let tables: RecommenderTables
  private let parts: RecommenderSearchParts
  private let context: RunContext

  /// Prepares a search: the test part is set aside, and the rest divided once for all trials.
  ///
  /// - Throws: `ConfigurationError`, `TaskError`, `RecommenderError`, `PreprocessingError`.
  package init(
    _ configuration: RecommenderSearchConfiguration, tables: RecommenderTables, warm: StudyFile?,
    context: RunContext
  ) throws {
    self.tables = tables
    self.context = context
    var base = tables.configuration
    let towers = try base.towers(tables.preset)
    let isRated = tables.data.pairs.ratings != nil
    guard isRated || towers.loss != .squaredError else { throw RecommenderError.noRatings }
    metric = try configuration.metric(of: towers)
    let losses: RecommenderSearchSpace.Losses =
      if metric == .ndcg, isRated, base.model.preset == nil, base.model.loss == nil {
        .both
      } else {
        towers.loss == .softmax ? .softmax : .squaredError
      }
    // All losses must have the same parts, in the final training too.
    if losses == .both { base.judging.split = base.judging.split ?? .perUser }
    self.base = base
    parts = try RecommenderSearchParts(
      tables.fit(base, context: context), hasTest: tables.test != nil)
    let searched = try RecommenderSearchSpace(
      losses, fixed: towers, entities: min(tables.data.users.count, tables.data.items.count),
      dropsIDs: parts.dropsIDs, configuration: base)
    self.searched = searched
    let usual = searched.startingPoints()
    plan = SearchPlan(
      configuration, of: tables.configuration,
      data: tables.data.inputs.map(\.fingerprint.sha256).joined(separator: " "),
      space: searched.space, metric: metric.rawValue, direction: metric.direction, asha: Self.asha,
      steps: 0...Int(Int32.max),
      startingPoints: StartingPoints(
        usual, warm: warm, space: searched.space,
        filling: { trial in
          searched.filling(trial, studied: warm?.description["losses"], among: usual)
        }),
      variant: [("losses", losses.rawValue)])
  }

  private struct Batch {
    var results: [Int: TrialResult] = [:]
    var failure: (any Error)?
  }

  /// Runs trials, side by side where each is small.
  package func run(
    _ trials: [Trial], of study: Study, store: StudyStore, table: TrialTable
  ) throws -> [Int: TrialResult] {
    let batch = Mutex(Batch())
    func run(_ trial: Trial) {
      do {
        try context.checkCancelled()
        guard batch.withLock({ $0.failure == nil }) else { return }
        let result = try perform(trial, of: study) { batch.withLock { $0.failure != nil } }
        try store.record(trial.number, point: trial.point, result: result)
        table.show(trial, result)
        batch.withLock { $0.results[trial.number] = result }
      } catch {
        batch.withLock { $0.failure = $0.failure ?? error }
      }
    }
    let cells = tables.data.users.count * tables.data.items.count
    if searched.losses == .softmax, cells >= Self.manyCells {
      for trial in trials { run(trial) }
    } else {
      context.pool.forEach(count: trials.count) { index, _ in run(trials[index]) }
    }
    let ended = batch.withLock { ($0.results, $0.failure) }
    if let failure = ended.1 { throw failure }
    return ended.0
  }

  private func perform(
    _ trial: Trial, of study: Study, hasFailed: () -> Bool
  ) throws -> TrialResult {
    let own = searched.configuration(of: trial.point, in: base)
    // All trials have the same random numbers, so that less of their differences is chance.
    return try RecommenderTrial(
      parts: parts, towers: try own.towers(tables.preset), metric: metric,
      seed: UInt64(base.seed)
    )
    .run(
      pool: context.pool, shouldStop: { study.shouldStop($0) },
      isCancelled: { context.isCancelled() || hasFailed() })
  }

  package func configuration(of point: [Double], steps: Int) -> RecommenderConfiguration {
    var final = searched.configuration(of: point, in: base)
    // A search is one of towers.
    if final.choosesPreset(of: tables.data) { final.model.preset = tables.preset }
    final.model.epochs = steps
    final.model.patience = 0
    return final
  }

  package func defaults() throws -> RecommenderMetrics? {
    try context.begin("judging the defaults")
    var configuration = base
    configuration.judging.baselines = []
    // The training of the best configuration warns of the same test part.
    return try tables.fit(configuration, context: context.withoutWarnings)
      .judge(test: tables.test, baselinesOnly: false).metrics
  }

  package func test(_ summary: RecommenderSummary) -> RecommenderMetrics {
    guard let metrics = summary.metrics else {
      preconditionFailure("a training with a folder judges its towers")
    }
    return metrics
  }

  package func optimism(of value: Double, on test: RecommenderMetrics) -> Double {
    switch metric {
    case .ndcg: value - (test.ndcg ?? 0)
    case .rmse: (test.rmse ?? 0) - value
    }
  }
}

extension RecommenderSearchConfiguration: TaskSearchConfiguration {
  package var training: RecommenderConfiguration { recommender }
}

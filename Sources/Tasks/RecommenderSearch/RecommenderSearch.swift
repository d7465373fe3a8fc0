import NumericCore
import Recommender
// A search over one table of interactions: the parts that it may see, and trial after trial.
import Storage
import Synchronization
import Tuning

/// A search that is ready to run.
struct RecommenderSearch {
  /// From so many cells of the table of users and items on, all threads work on one trial if its
  /// loss is the softmax.
  ///
  /// Otherwise trials run side by side: the steps of squared error are too small to be shared. The
  /// results are the same.
  private static let manyCells = 5_000_000
  /// Successive halving; progress is epochs.
  static let asha = ASHAPruner(firstStage: 3, passingShare: 0.5)

  let configuration: RecommenderSearchConfiguration
  let metric: RecommenderSearchConfiguration.Metric
  let searched: RecommenderSearchSpace
  /// The points that are tried first.
  let startingPoints: StartingPoints
  /// What decides the trials.
  let description: [(key: String, value: String)]
  /// The configuration that the hyperparameters of a trial are put into.
  let base: RecommenderConfiguration
  private let tables: RecommenderTables
  private let parts: RecommenderSearchParts
  private let context: TaskContext

  /// Prepares a search: the test part is set aside, and the rest divided once for all trials.
  ///
  /// - Throws: `ConfigurationError`, `TaskError`, `RecommenderError`, `PreprocessingError`.
  init(
    _ configuration: RecommenderSearchConfiguration, tables: RecommenderTables, warm: StudyFile?,
    context: TaskContext
  ) throws {
    self.configuration = configuration
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
    startingPoints = StartingPoints(
      usual, warm: warm, space: searched.space,
      filling: { trial in
        searched.filling(trial, studied: warm?.description["losses"], among: usual)
      })
    description = Self.description(
      configuration, metric: metric, losses: losses, tables: tables,
      points: startingPoints.points)
  }

  /// Runs the trials that a store does not hold yet, and records them there.
  ///
  /// - Parameter finished: a study whose trials need not run again if it is of the same search.
  /// - Throws: `TuningError`, `RecommenderError`, `TaskError.cancelled`.
  func run(store: StudyStore, after finished: StudyFile?) throws -> TrialHistory {
    if let finished, finished.difference(from: description) == nil {
      try finished.copyTrials(to: store, space: searched.space)
    }
    var study = try Study(
      space: searched.space, direction: metric.direction, sampler: configuration.sampler.make(),
      pruner: configuration.pruner.make(Self.asha),
      trialCount: configuration.trials, startingPoints: startingPoints.points,
      seed: UInt64(base.seed))
    let table = TrialTable(
      space: searched.space, direction: metric.direction, count: configuration.trials,
      context: context)
    try study.run(store: store, table: table, steps: 0...Int(Int32.max)) { missing, study in
      try run(missing, of: study, store: store, table: table)
    }
    return study.history
  }

  private struct Batch {
    var results: [Int: TrialResult] = [:]
    var failure: (any Error)?
  }

  /// Runs trials, side by side where each is small.
  private func run(
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

  private static func description(
    _ configuration: RecommenderSearchConfiguration,
    metric: RecommenderSearchConfiguration.Metric, losses: RecommenderSearchSpace.Losses,
    tables: RecommenderTables, points: [[Double]]
  ) -> [(key: String, value: String)] {
    // Tables are told by their contents, whatever their names.
    var recorded = tables.configuration.recorded
    recorded.data.path = ""
    recorded.data.users = recorded.data.users.map { _ in "" }
    recorded.data.items = recorded.data.items.map { _ in "" }
    recorded.judging.test = recorded.judging.test.map { _ in "" }
    let run = RunFile.text(recorded, settings: RecommenderConfiguration.settings, notes: [:])
    return [
      ("program", "mlcore \(ProgramVersion.current)"), ("rules", SearchRules.version),
      ("task", RecommenderConfiguration.task),
      ("data", tables.data.inputs.map(\.fingerprint.sha256).joined(separator: " ")),
      ("configuration", Fingerprint(of: Array(run.utf8)).sha256),
      ("seed", String(tables.configuration.seed)),
      ("sampler", configuration.sampler.rawValue), ("pruner", configuration.pruner.rawValue),
      ("metric", metric.rawValue), ("losses", losses.rawValue),
      ("starting points", Fingerprint(of: Array("\(points)".utf8)).sha256),
    ]
  }
}

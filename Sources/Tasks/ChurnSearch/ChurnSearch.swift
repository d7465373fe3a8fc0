import Evaluation
import GradientBoosting
import NumericCore
// A search over one table: the rows that it may see, the folds, and trial after trial.
import Storage
import Tables
import Tuning

/// A search that is ready to run.
struct ChurnSearch {
  /// Below so many cells of the table trials run side by side, each tree by one thread.
  ///
  /// From there on all threads share the work on every tree. The results are the same.
  private static let manyCells = 2_000_000
  /// The most trees of a trial unless a configuration says otherwise.
  private static let usualRounds = 1_000
  /// Successive halving; progress is rounds times learning rate.
  static let asha = ASHAPruner(firstStage: 1.5, stageFactor: 2, passingShare: 0.4)

  let configuration: ChurnSearchConfiguration
  let searched: ChurnSearchSpace
  /// The points that are tried first.
  let startingPoints: StartingPoints
  /// What decides the trials.
  let description: [(key: String, value: String)]
  private let folds: BoostingFolds
  private let mostRounds: Int
  private let patience: Int?
  private let base: ChurnConfiguration
  private let labels: [[Bool]]
  private let meters: [RepeatedAUC]
  private let correction: Double
  private let context: TaskContext

  /// Prepares a search: the test part is set aside, the other rows are divided into folds and
  /// binned once.
  ///
  /// - Parameters:
  ///   - warm: a study whose best trials are tried first.
  ///   - champion: the configuration that is tried before those, and after it the defaults.
  /// - Throws: `ConfigurationError`, `EvaluationError`, `GradientBoostingError`.
  init(
    _ configuration: ChurnSearchConfiguration, table: ChurnTable, warm: StudyFile?,
    champion: ChurnConfiguration? = nil, context: TaskContext
  ) throws {
    self.configuration = configuration
    self.context = context
    let base = try table.resolved(table.configuration)
    self.base = base
    mostRounds = table.configuration.boosting.numTrees ?? Self.usualRounds
    patience = table.configuration.boosting.earlyStoppingRounds
    let data = table.data
    let isPositive = data.target.labels.map { $0 == 1 }
    let seed = UInt64(base.seed)
    let rows: [Int32] =
      try base.judging.share.map {
        try StratifiedSplit.holdout(
          labels: isPositive, groups: data.repeats.groups, testShare: $0, seed: seed
        ).train
      } ?? Array(0..<Int32(data.rowCount))
    let own = rows.map { isPositive[Int($0)] }
    let splits = try StratifiedSplit.folds(
      labels: own, groups: data.repeats.groups?.selecting(rows), count: configuration.folds,
      seed: seed)
    let parts = splits.map { split in split.test.map { rows[Int($0)] } }
    let partLabels = parts.map { part in part.map { isPositive[Int($0)] } }
    labels = partLabels
    meters = try partLabels.map { try RepeatedAUC(labels: $0) }
    let weights = ClassWeights(base.weighting, labels: own)
    correction = weights.isEven ? 0 : weights.logOddsCorrection
    folds = try BoostingFolds(
      TrainingData(
        features: data.columns.features, labels: data.target.labels,
        weights: weights.isEven
          ? nil : isPositive.map { $0 ? weights.positive : weights.negative }),
      folds: parts, configuration: base.boosting, seed: seed, pool: context.pool)
    let searched = try ChurnSearchSpace(
      rows: rows.count - rows.count / configuration.folds, features: data.columns.features,
      configuration: table.configuration)
    self.searched = searched
    let usual = try searched.startingPoints(rows: rows.count)
    startingPoints = StartingPoints(
      usual, warm: warm, space: searched.space,
      champion: champion.map { searched.point(of: $0, otherwise: usual[0]) })
    description = try Self.description(configuration, table: table, points: startingPoints.points)
  }

  /// Runs the trials that a store does not hold yet, and records them there.
  ///
  /// - Parameter finished: a study whose trials need not run again if it is of the same search.
  /// - Throws: `TuningError`, `GradientBoostingError`, `TaskError.cancelled`.
  func run(store: StudyStore, after finished: StudyFile?) throws -> TrialHistory {
    if let finished, finished.difference(from: description) == nil {
      try finished.copyTrials(to: store, space: searched.space)
    }
    var study = try Study(
      space: searched.space, direction: configuration.metric.direction,
      sampler: configuration.sampler.make(),
      pruner: configuration.pruner.make(Self.asha),
      trialCount: configuration.trials, startingPoints: startingPoints.points,
      seed: UInt64(base.seed))
    let table = TrialTable(
      space: searched.space, direction: configuration.metric.direction,
      count: configuration.trials, context: context)
    try study.run(store: store, table: table, steps: 1...max(1, mostRounds)) { missing, study in
      try run(missing, of: study, store: store, table: table)
    }
    return study.history
  }

  private func run(
    _ trials: [Trial], of study: Study, store: StudyStore, table: TrialTable
  ) throws -> [Int: TrialResult] {
    let sideBySide = folds.rowCount * folds.featureCount < Self.manyCells
    let pool = sideBySide ? WorkerPool(threads: 1) : context.pool
    let configurations = Dictionary(
      uniqueKeysWithValues: trials.map {
        ($0.number, searched.configuration(of: $0.point, in: base).boosting)
      })
    func progress(of trial: Trial) -> TrialProgress {
      TrialProgress(
        direction: configuration.metric.direction,
        learningRate: configurations[trial.number]?.learningRate ?? 0.1, mostRounds: mostRounds,
        patience: patience)
    }
    let metric = configuration.metric
    let batch = ChurnTrialBatch(
      trials.map { ($0, progress(of: $0)) }, folds: folds.count, study: study,
      start: { [folds, meters, labels, correction, seed = UInt64(base.seed)] trial, fold in
        let configuration = configurations[trial.number] ?? BoostingConfiguration()
        return FoldRun(
          // All trials have the same random numbers, so that less of their differences is chance.
          try FoldTraining(
            folds, validatingOn: fold, configuration: configuration,
            seed: CounterRandom(seed: seed).split(UInt64(fold)).bits(at: 0), pool: pool),
          metric: metric, auc: meters[fold], labels: labels[fold], correction: correction)
      },
      record: { trial, result in
        try store.record(trial.number, point: trial.point, result: result)
        table.show(trial, result)
      })
    do {
      return try batch.run(workers: sideBySide ? context.pool.threadCount : 1, context: context)
    } catch GradientBoostingError.cancelled {
      throw TaskError.cancelled
    }
  }

  private static func description(
    _ configuration: ChurnSearchConfiguration, table: ChurnTable, points: [[Double]]
  ) throws -> [(key: String, value: String)] {
    // The table is told by its content, whatever its name.
    var recorded = table.configuration.recorded
    recorded.data.path = ""
    recorded.judging.test = recorded.judging.test.map { _ in "" }
    let run = RunFile.text(recorded, settings: ChurnConfiguration.settings, notes: [:])
    // Folds of a table that repeats rows depend on which rows those are.
    let repeats = table.data.repeats.counts.map {
      [("repeats", "\($0.rows) rows in \($0.groups) groups")]
    }
    return [
      ("program", "mlcore \(ProgramVersion.current)"), ("rules", SearchRules.version),
      ("task", ChurnConfiguration.task),
      ("data", table.data.input.fingerprint.sha256),
      ("configuration", Fingerprint(of: Array(run.utf8)).sha256),
      ("seed", String(table.configuration.seed)), ("folds", String(configuration.folds)),
      ("sampler", configuration.sampler.rawValue), ("pruner", configuration.pruner.rawValue),
      ("metric", configuration.metric.rawValue),
      ("starting points", Fingerprint(of: Array("\(points)".utf8)).sha256),
    ] + (repeats ?? [])
  }
}

// A search over one table: the rows that it may see, the folds, and trial after trial.
import Configuration
import Evaluation
import GradientBoosting
import NumericCore
import Storage
import Tables
package import Tuning

/// A search that is ready to run.
package struct ClassifierSearch: HyperparameterSearch {
  package typealias Task = ChurnTask
  package static let stepsKey = "num_trees"

  /// Below so many cells of the table trials run side by side, each tree by one thread.
  ///
  /// From there on all threads share the work on every tree. The results are the same.
  private static let manyCells = 2_000_000
  /// The most trees of a trial unless a configuration says otherwise.
  private static let usualRounds = 1_000
  /// Successive halving; progress is rounds times learning rate.
  static let asha = ASHAPruner(firstStage: 1.5, stageFactor: 2, passingShare: 0.4)

  package let plan: SearchPlan
  let searched: ChurnSearchSpace
  private let metric: ChurnSearchConfiguration.Metric
  private let folds: BoostingFolds
  private let mostRounds: Int
  private let patience: Int?
  /// The configuration that the hyperparameters of a trial are put into: as it was given, and with
  /// every hyperparameter known.
  private let given: ChurnConfiguration
  private let base: ChurnConfiguration
  private let labels: [[Bool]]
  private let meters: [RepeatedAUC]
  private let correction: Double
  private let context: RunContext

  /// Prepares a search: the test part is set aside, the other rows are divided into folds and
  /// binned once.
  ///
  /// - Throws: `ConfigurationError`, `EvaluationError`, `GradientBoostingError`, `TaskError`.
  package init(
    _ configuration: ChurnSearchConfiguration, tables table: ClassifierTable, warm: StudyFile?,
    context: RunContext
  ) throws {
    metric = configuration.metric
    self.context = context
    try ClassifierFit(
      data: table.data, configuration: table.configuration, continuing: nil, context: context
    ).checkClasses(ofFolds: configuration.folds)
    given = table.configuration
    let base = try table.resolved(given)
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
    let champion = try configuration.champion.map(ChurnTask.configuration(of:))
    plan = SearchPlan(
      configuration, of: given, data: data.input.fingerprint.sha256, space: searched.space,
      metric: metric.rawValue, direction: metric.direction, asha: Self.asha,
      steps: 1...max(1, mostRounds),
      startingPoints: StartingPoints(
        usual, warm: warm, space: searched.space,
        champion: champion.map { searched.point(of: $0, otherwise: usual[0]) }),
      division: [("folds", String(configuration.folds))],
      // Folds of a table that repeats rows depend on which rows those are.
      rows: data.repeats.counts.map {
        [("repeats", "\($0.rows) rows in \($0.groups) groups")]
      } ?? [])
  }

  package func run(
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
        direction: metric.direction,
        learningRate: configurations[trial.number]?.learningRate ?? 0.1, mostRounds: mostRounds,
        patience: patience)
    }
    let batch = TrialBatch(
      trials.map { ($0, progress(of: $0)) }, folds: folds.count, study: study,
      start: { [folds, seed = UInt64(base.seed)] trial, fold in
        let configuration = configurations[trial.number] ?? BoostingConfiguration()
        return FoldRun(
          // All trials have the same random numbers, so that less of their differences is chance.
          try FoldTraining(
            folds, validatingOn: fold, objective: BinaryLogLoss(), configuration: configuration,
            seed: CounterRandom(seed: seed).split(UInt64(fold)).bits(at: 0), pool: pool),
          score: meter(ofFold: fold))
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

  /// Measures raw scores of the rows of a fold.
  private func meter(ofFold fold: Int) -> (UnsafeBufferPointer<Float>) -> Double {
    switch metric {
    case .auc:
      var meter = meters[fold]
      return { meter($0) }
    case .logLoss:
      let (labels, loss) = (labels[fold], BinaryLogLoss())
      return { [correction] scores in
        var sum = 0.0
        for row in labels.indices {
          sum += loss.loss(score: Double(scores[row]) + correction, label: labels[row] ? 1 : 0)
        }
        return sum / Double(labels.count)
      }
    }
  }

  package func configuration(of point: [Double], steps: Int) -> ChurnConfiguration {
    var final = searched.configuration(of: point, in: given)
    final.boosting.numTrees = steps
    final.boosting.earlyStoppingRounds = 0
    return final
  }

  package func test(_ summary: ClassifierSummary) -> ClassifierMetrics { summary.metrics }

  package func optimism(of value: Double, on test: ClassifierMetrics) -> Double {
    switch metric {
    case .auc: value - test.auc
    case .logLoss: test.logLoss - value
    }
  }
}

extension ChurnSearchConfiguration: TaskSearchConfiguration {
  package var training: ChurnConfiguration { churn }
}

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

  package let plan: SearchPlan
  let searched: BoosterSearchSpace
  private let metric: ChurnSearchConfiguration.Metric
  private let trials: BoosterTrials
  /// The configuration as it was given, into which the best hyperparameters are put.
  private let given: ChurnConfiguration
  private let labels: [[Bool]]
  private let meters: [RepeatedAUC]
  private let correction: Double

  /// Prepares a search: the test part is set aside, the other rows are divided into folds and
  /// binned once.
  ///
  /// - Throws: `ConfigurationError`, `EvaluationError`, `GradientBoostingError`, `TaskError`.
  package init(
    _ configuration: ChurnSearchConfiguration, tables table: ClassifierTable, warm: StudyFile?,
    context: RunContext
  ) throws {
    metric = configuration.metric
    try ClassifierFit(
      data: table.data, configuration: table.configuration, continuing: nil, context: context
    ).checkClasses(ofFolds: configuration.folds)
    given = table.configuration
    let base = try table.resolved(given)
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
    let folds = try BoostingFolds(
      TrainingData(
        features: data.columns.features, labels: data.target.labels,
        weights: weights.isEven
          ? nil : isPositive.map { $0 ? weights.positive : weights.negative }),
      folds: parts, configuration: base.boosting, seed: seed, pool: context.pool)
    let searched = try BoosterSearchSpace(
      rows: rows.count - rows.count / configuration.folds, features: data.columns.features,
      configuration: given.boosting)
    self.searched = searched
    trials = BoosterTrials(
      folds: folds, searched: searched, given: given.boosting, base: base.boosting,
      direction: metric.direction, seed: seed, context: context)
    let usual = try searched.startingPoints(rows: rows.count)
    let champion = try configuration.champion.map(ChurnTask.configuration(of:))
    plan = SearchPlan(
      configuration, of: given, data: data.input.fingerprint.sha256, space: searched.space,
      metric: metric.rawValue, direction: metric.direction, asha: BoosterTrials.asha,
      steps: 1...max(1, trials.mostRounds),
      startingPoints: StartingPoints(
        usual, warm: warm, space: searched.space,
        champion: champion.map { searched.point(of: $0.boosting, otherwise: usual[0]) }),
      division: [("folds", String(configuration.folds))],
      // Folds of a table that repeats rows depend on which rows those are.
      rows: data.repeats.counts.map {
        [("repeats", "\($0.rows) rows in \($0.groups) groups")]
      } ?? [])
  }

  package func run(
    _ trials: [Trial], of study: Study, store: StudyStore, table: TrialTable
  ) throws -> [Int: TrialResult] {
    try self.trials.run(
      trials, of: study, store: store, table: table, objective: BinaryLogLoss(), meter: meter)
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
    var final = given
    final.boosting = searched.final(of: point, steps: steps, in: given.boosting)
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

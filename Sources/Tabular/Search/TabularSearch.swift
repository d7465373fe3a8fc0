// A search over one table: the rows that it may see, the folds, and trial after trial.
import Configuration
import Evaluation
import GradientBoosting
package import LearningTasks
import NumericCore
import Storage
import Tables
import Tuning

/// A search that is ready to run.
package struct TabularSearch<Problem: TabularProblem>: HyperparameterSearch {
  package typealias Task = TabularTask<Problem>
  package static var stepsKey: String { "num_trees" }

  /// The most trees of a trial unless a configuration says otherwise.
  private static var usualRounds: Int { 1_000 }

  package let plan: SearchPlan
  let searched: BoosterSearchSpace
  private let metric: Problem.Metric
  /// The configuration as it was given, into which the best hyperparameters are put.
  let given: Problem.Configuration
  /// Every hyperparameter, into which those of a trial are put.
  let base: BoostingConfiguration
  let folds: BoostingFolds
  /// One for each fold.
  let meters: [TrialMeter]
  let context: RunContext

  /// Prepares a search: the test part is set aside, the other rows are divided into folds and
  /// binned once.
  ///
  /// - Throws: `ConfigurationError`, `EvaluationError`, `GradientBoostingError`, `TaskError`.
  package init(
    _ configuration: TabularSearchConfiguration<Problem>, tables table: TabularTable<Problem>,
    warm: StudyFile?, context: RunContext
  ) throws {
    let (data, labels, groups) = (table.rows, table.rows.labels, table.rows.repeats.groups)
    given = table.configuration
    metric = configuration.chosenMetric
    let base = try table.resolved(given)
    let seed = UInt64(base.seed)
    let rows =
      try base.judging.share.map {
        try StratifiedSplit.holdout(
          labels: Problem.strata(of: labels), groups: groups, testShare: $0, seed: seed
        ).train
      } ?? data.allRows
    try table.target.check(
      folds: configuration.folds, rows: rows, data: given.data.shownPath)
    let own = rows.map { labels[Int($0)] }
    let splits = try StratifiedSplit.folds(
      labels: Problem.strata(of: own), groups: groups?.selecting(rows), count: configuration.folds,
      seed: seed)
    let parts = splits.map { split in split.test.map { rows[Int($0)] } }
    let centre = Problem.centre(of: labels, base)
    let weights = Problem.weights(of: own, base)
    meters = try parts.map { [metric] part in
      try metric.meter(
        labels: part.map { labels[Int($0)] }, objective: Problem.objective(of: base),
        shift: centre + weights.logOddsCorrection)
    }
    searched = try BoosterSearchSpace(
      rows: rows.count - rows.count / configuration.folds, features: data.columns.features,
      configuration: given.boosting)
    folds = try BoostingFolds(
      TrainingData(
        features: data.columns.features, labels: labels.map { $0 - centre },
        weights: weights.ofRows(labels)),
      folds: parts, configuration: base.boosting, seed: seed, pool: context.pool)
    self.base = base.boosting
    self.context = context
    let usual = try searched.startingPoints(rows: rows.count)
    let champion = try configuration.champion.map(TabularTask<Problem>.configuration(of:))
    plan = SearchPlan(
      configuration, of: given, data: data.input.fingerprint.sha256, space: searched.space,
      metric: metric.rawValue, direction: metric.direction, asha: BoosterSearchSpace.asha,
      steps: 1...max(1, given.boosting.numTrees ?? Self.usualRounds),
      startingPoints: StartingPoints(
        usual, warm: warm, space: searched.space,
        champion: champion.map { [searched] in
          searched.point(of: $0.boosting, otherwise: usual[0])
        }),
      division: [("folds", String(configuration.folds))],
      // Folds of a table that repeats rows depend on which rows those are.
      rows: data.repeats.counts.map {
        [("repeats", "\($0.rows) rows in \($0.groups) groups")]
      } ?? [])
  }

  package func configuration(of point: [Double], steps: Int) -> Problem.Configuration {
    var final = given
    final.boosting = searched.final(of: point, steps: steps, in: given.boosting)
    return final
  }

  package func test(_ summary: TabularTask<Problem>.Summary) -> Problem.Scores {
    summary.first.metrics
  }

  package func optimism(of value: Double, on test: Problem.Scores) -> Double {
    metric.optimism(of: value, on: test)
  }
}

// A search for the hyperparameters of a regression model, and everything that decides it.
import Configuration
import Evaluation
import GradientBoosting
import NumericCore
import Storage
import Tables
package import Tuning

/// How hyperparameters are searched.
public struct RegressionSearchConfiguration: SearchConfiguration {
  /// What trials are compared by, as the mean over the folds.
  public enum Metric: String, Sendable, CaseIterable {
    /// The root of the mean squared error.
    case rmse
    /// The mean absolute error.
    case mae
    /// The mean Poisson deviance, which needs the loss poisson.
    case meanPoissonDeviance = "mean_poisson_deviance"

    /// The metric that a loss minimises.
    public init(of loss: RegressionConfiguration.Loss) {
      switch loss {
      case .squared: self = .rmse
      case .absolute: self = .mae
      case .poisson: self = .meanPoissonDeviance
      }
    }
  }

  /// The data, the test part and the hyperparameters that are not searched: those that were given.
  public var regression = RegressionConfiguration()
  /// The number of trials, at least 1.
  public var trials = 50
  /// The number of folds of the search, at least 2.
  public var folds = 5
  /// Who chooses the next trial.
  public var sampler = SearchSampler.tpe
  /// Who stops trials.
  public var pruner = SearchPruner.asha
  /// What trials are compared by.
  public var metric = Metric.rmse
  /// The run folder of an earlier search whose best trials are tried first; nil for none.
  public var warmStart: String?

  /// Creates the defaults.
  public init() {}

  /// Checks that nothing is missing, contradictory or out of range.
  ///
  /// - Throws: `ConfigurationError`, `GradientBoostingError`.
  public func validate() throws {
    try regression.validate()
    try validateTrials()
    try checkCount("folds", folds, JudgingConfiguration.foldCounts)
    if metric == .meanPoissonDeviance, regression.loss != .poisson {
      throw ConfigurationError.refused(
        key: "metric", source: "the search", found: metric.rawValue,
        expected: "rmse or mae, unless the loss is poisson")
    }
    try BoosterSearchSpace.checkStopping(regression.boosting)
  }
}

extension RegressionSearchConfiguration: TaskSearchConfiguration {
  package var training: RegressionConfiguration { regression }
}

/// A search that is ready to run.
package struct RegressionSearch: HyperparameterSearch {
  package typealias Task = RegressionTask
  package static let stepsKey = "num_trees"

  package let plan: SearchPlan
  private let searched: BoosterSearchSpace
  private let trials: BoosterTrials
  private let metric: RegressionSearchConfiguration.Metric
  /// The configuration as it was given, into which the best hyperparameters are put.
  private let given: RegressionConfiguration
  /// The targets of each fold.
  private let targets: [[Double]]
  private let centre: Double

  /// Prepares a search: the test part is set aside, the other rows are divided into folds and
  /// binned once.
  ///
  /// - Throws: `ConfigurationError`, `EvaluationError`, `GradientBoostingError`, `TaskError`.
  package init(
    _ configuration: RegressionSearchConfiguration, tables table: RegressionTable,
    warm: StudyFile?, context: RunContext
  ) throws {
    let (data, groups) = (table.rows, table.rows.repeats.groups)
    metric = configuration.metric
    given = table.configuration
    let base = try given.resolved(rows: data.rowCount, constants: data.columns.constants)
    let seed = UInt64(base.seed)
    let rows =
      try base.judging.share.map {
        try StratifiedSplit.holdout(
          labels: StratifiedSplit.halves(of: data.labels), groups: groups, testShare: $0,
          seed: seed
        ).train
      } ?? data.allRows
    guard rows.count >= 2 * configuration.folds else {
      throw TaskError.tooFewRows(
        column: given.data.target, counts: "\(rows.count)",
        expected: "at least \(2 * configuration.folds) for \(configuration.folds) folds",
        data: given.data.shownPath)
    }
    let splits = try StratifiedSplit.folds(
      labels: StratifiedSplit.halves(of: rows.map { data.labels[Int($0)] }),
      groups: groups?.selecting(rows), count: configuration.folds, seed: seed)
    let parts = splits.map { split in split.test.map { rows[Int($0)] } }
    targets = parts.map { part in part.map { data.labels[Int($0)] } }
    let centre = given.loss.centre(of: data.labels)
    self.centre = centre
    searched = try BoosterSearchSpace(
      rows: rows.count - rows.count / configuration.folds, features: data.columns.features,
      configuration: given.boosting)
    trials = BoosterTrials(
      folds: try BoostingFolds(
        TrainingData(features: data.columns.features, labels: data.labels.map { $0 - centre }),
        folds: parts, configuration: base.boosting, seed: seed, pool: context.pool),
      searched: searched, given: given.boosting, base: base.boosting, direction: .minimise,
      seed: seed, context: context)
    plan = SearchPlan(
      configuration, of: given, data: data.input.fingerprint.sha256, space: searched.space,
      metric: metric.rawValue, direction: .minimise, asha: BoosterTrials.asha,
      steps: 1...max(1, trials.mostRounds),
      startingPoints: StartingPoints(
        try searched.startingPoints(rows: rows.count), warm: warm, space: searched.space,
        champion: nil),
      division: [("folds", String(configuration.folds))],
      rows: data.repeats.counts.map {
        [("repeats", "\($0.rows) rows in \($0.groups) groups")]
      } ?? [])
  }

  package func run(
    _ trials: [Trial], of study: Study, store: StudyStore, table: TrialTable
  ) throws -> [Int: TrialResult] {
    func run(_ objective: some Objective) throws -> [Int: TrialResult] {
      try self.trials.run(
        trials, of: study, store: store, table: table, objective: objective
      ) { fold in meter(objective, ofFold: fold) }
    }
    return try run(given.loss.objective)
  }

  /// Measures raw scores of the rows of a fold.
  private func meter(
    _ objective: some Objective, ofFold fold: Int
  ) -> (UnsafeBufferPointer<Float>) -> Double {
    let (targets, centre, metric) = (targets[fold], centre, metric)
    return { scores in
      var sum = 0.0
      for row in targets.indices {
        sum += metric.loss(
          of: objective.prediction(score: Double(scores[row]) + centre), at: targets[row])
      }
      return metric.total(sum / Double(targets.count))
    }
  }

  package func configuration(of point: [Double], steps: Int) -> RegressionConfiguration {
    var final = given
    final.boosting = searched.final(of: point, steps: steps, in: given.boosting)
    return final
  }

  package func test(_ summary: RegressionSummary) -> RegressionScores { summary.metrics }

  package func optimism(of value: Double, on test: RegressionScores) -> Double {
    (test[metric] - value).reported
  }
}

extension RegressionSearchConfiguration.Metric {
  /// What one prediction adds to the metric.
  func loss(of prediction: Double, at target: Double) -> Double {
    switch self {
    case .rmse: (target - prediction) * (target - prediction)
    case .mae: abs(target - prediction)
    case .meanPoissonDeviance:
      RegressionMetrics.poissonDeviance(
        target: target, prediction: prediction)
    }
  }

  /// The metric of the mean of what predictions add.
  func total(_ mean: Double) -> Double { self == .rmse ? mean.squareRoot() : mean }
}

extension RegressionScores {
  /// A metric by which a search may go.
  package subscript(metric: RegressionSearchConfiguration.Metric) -> Double {
    switch metric {
    case .rmse: rmse
    case .mae: mae
    case .meanPoissonDeviance: meanPoissonDeviance ?? .infinity
    }
  }
}

// Everything that decides a search for a churn model's hyperparameters.
import Configuration
import GradientBoosting
public import Tuning

/// How hyperparameters are searched.
public struct ChurnSearchConfiguration: SearchConfiguration {
  /// Who chooses the next trial.
  public typealias SamplerName = SearchSampler
  /// Who stops trials that others have left behind.
  public typealias PrunerName = SearchPruner

  /// What trials are compared by, as the mean over the folds.
  public enum Metric: String, Sendable, CaseIterable {
    /// The area under the ROC curve.
    case auc
    /// The mean negative log-likelihood.
    case logLoss = "log_loss"

    /// Which values are better.
    public var direction: SearchDirection { self == .auc ? .maximise : .minimise }
  }

  /// The data, the test part and the hyperparameters that are not searched: those that were given.
  public var churn = ChurnConfiguration()
  /// The number of trials, at least 1.
  public var trials = 50
  /// The number of folds of the search, at least 2.
  public var folds = 5
  /// Who chooses the next trial.
  public var sampler = SamplerName.tpe
  /// Who stops trials.
  public var pruner = PrunerName.asha
  /// What trials are compared by.
  public var metric = Metric.auc
  /// The run folder of an earlier search whose best trials are tried first; nil for none.
  public var warmStart: String?
  /// The run folder of a model whose hyperparameters are tried before all others; nil for none.
  public var champion: String?

  /// Creates the defaults.
  public init() {}

  /// Checks that nothing is missing, contradictory or out of range.
  ///
  /// - Throws: `ConfigurationError`, `GradientBoostingError`.
  public func validate() throws {
    try churn.validate()
    try validateTrials()
    try checkCount("folds", folds, ChurnConfiguration.Judging.foldCounts)
    if churn.continueFrom != nil {
      throw ConfigurationError.conflict(
        "a search", ChurnConfiguration.named("boosting.continue_from"))
    }
    try BoosterSearchSpace.checkStopping(churn.boosting)
  }
}

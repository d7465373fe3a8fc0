// Everything that decides a search for a recommender's hyperparameters.
import Configuration
package import LearningTasks
import Recommender
package import Tuning

/// How hyperparameters are searched.
package struct RecommenderSearchConfiguration: SearchConfiguration {
  /// What trials are compared by, on the validation part.
  package enum Metric: String, Sendable, CaseIterable {
    /// The discounted gain of the lists of all items, which are `evaluation.k` long.
    case ndcg
    /// The root mean squared error of ratings, in their scale.
    case rmse

    /// Which values are better.
    package var direction: SearchDirection { self == .ndcg ? .maximise : .minimise }
  }

  /// The data, the parts and the hyperparameters that are not searched: those that were given.
  package var recommender = RecommenderConfiguration()
  /// The number of trials, at least 1.
  package var trials = 50
  /// Who chooses the next trial.
  package var sampler = SearchSampler.tpe
  /// Who stops trials.
  package var pruner = SearchPruner.asha
  /// What trials are compared by; nil is `rmse` where ratings are learnt from, else `ndcg`.
  package var metric: Metric?
  /// The run folder of an earlier search whose best trials are tried first; nil for none.
  package var warmStart: String?

  /// Creates the defaults.
  package init() {}

  /// Checks that nothing is missing, contradictory or out of range.
  ///
  /// - Throws: `ConfigurationError`, `RecommenderError`.
  package func validate() throws {
    try recommender.validate()
    try validateTrials()
    if let preset = recommender.model.preset, preset.hasGraph {
      throw RecommenderConfiguration.unfit(
        "model.preset", found: "'\(preset.rawValue)'",
        expected: "'retrieval' or 'lab': a search is one of towers")
    }
    if recommender.model.validationFraction == 0 {
      throw RecommenderConfiguration.unfit(
        "model.validation_fraction", found: "0",
        expected: "more than 0: trials are compared on that part")
    }
  }

  /// What trials are compared by.
  ///
  /// - Parameter towers: the towers that nothing has been searched of yet.
  /// - Throws: `ConfigurationError.unfitOption` if they predict no ratings and these were asked for.
  func metric(of towers: TwoTowerConfiguration) throws -> Metric {
    let predictsRatings = towers.loss == .squaredError
    if metric == .rmse, !predictsRatings {
      throw ConfigurationError.unfitOption(
        name: "metric", found: "'rmse'",
        expected: "'ndcg': towers that learn by \(towers.loss.rawValue) predict no ratings")
    }
    return metric ?? (predictsRatings ? .rmse : .ndcg)
  }
}

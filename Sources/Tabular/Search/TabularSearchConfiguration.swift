// Everything that decides a search for the hyperparameters of a model of trees.
import Configuration
import GradientBoosting
package import LearningTasks
import Tuning

/// How hyperparameters are searched.
package struct TabularSearchConfiguration<Problem: TabularProblem>: TaskSearchConfiguration {
  /// The data, the test part and the hyperparameters that are not searched: those that were given.
  package var training = Problem.Configuration()
  /// The number of trials, at least 1.
  package var trials = 50
  /// The number of folds of the search, at least 2.
  package var folds = 5
  /// Who chooses the next trial.
  package var sampler = SearchSampler.tpe
  /// Who stops trials.
  package var pruner = SearchPruner.asha
  /// What trials are compared by; nil for what the task goes by as a rule.
  package var metric: Problem.Metric?
  /// The run folder of an earlier search whose best trials are tried first; nil for none.
  package var warmStart: String?
  /// The run folder of a model whose hyperparameters are tried before all others; nil for none.
  package var champion: String?

  /// Creates the defaults.
  package init() {}

  /// What trials are compared by.
  var chosenMetric: Problem.Metric { metric ?? Problem.usualMetric(of: training) }

  /// Checks that nothing is missing, contradictory or out of range.
  ///
  /// - Throws: `ConfigurationError`, `GradientBoostingError`.
  package func validate() throws {
    try training.validate()
    try validateTrials()
    try checkCount("folds", folds, JudgingConfiguration.foldCounts)
    if Problem.continued(by: training) != nil {
      throw ConfigurationError.conflict(
        "a search", Problem.Configuration.named("boosting.continue_from"))
    }
    try Problem.check(chosenMetric, for: training)
    try BoosterSearchSpace.checkStopping(training.boosting)
  }
}

// The flags that say how a churn model's hyperparameters are searched.
import ArgumentParser
import Tasks

/// A search on folds.
struct ChurnSearchOptions: ParsableArguments {
  @OptionGroup var search: SearchOptions
  @Option(
    help: ArgumentHelp(
      "The folds that every configuration is scored on (default: 5).", valueName: "k"))
  var folds: Int?
  @Option(
    help: ArgumentHelp("What is searched by: auc or log_loss (default: auc).", valueName: "name"))
  var metric: String?

  /// Lays the flags over a configuration.
  func apply(to configuration: inout ChurnSearchConfiguration) throws {
    try search.apply(to: &configuration)
    // A training's folds are what a search has anyway.
    let configured = configuration.churn.judging.folds
    configuration.folds = folds ?? (configured > 0 ? configured : configuration.folds)
    configuration.churn.judging.folds = 0
    try SearchOptions.choose(&configuration.metric, "--metric", metric)
  }
}

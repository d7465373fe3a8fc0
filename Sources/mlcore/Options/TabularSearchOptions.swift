// The flags that say how the hyperparameters of a model of trees are searched.
import ArgumentParser
import Tabular

/// A search on folds.
struct TabularSearchOptions<Problem: TabularWords>: ParsableArguments {
  @OptionGroup var search: SearchOptions
  @Option(
    help: ArgumentHelp(
      "The folds that every configuration is scored on (default: 5).", valueName: "k"))
  var folds: Int?
  @Option(
    help: ArgumentHelp(
      "What is searched by: \(Problem.metricChoice).", valueName: "name"))
  var metric: String?

  /// Lays the flags over a configuration.
  func apply(to configuration: inout TabularSearchConfiguration<Problem>) throws {
    try search.apply(to: &configuration)
    // A training's folds are what a search has anyway.
    let configured = configuration.training.judging.folds
    configuration.folds = folds ?? (configured > 0 ? configured : configuration.folds)
    configuration.training.judging.folds = 0
    guard metric != nil else { return }
    var chosen = Problem.usualMetric(of: configuration.training)
    try SearchOptions.choose(&chosen, "--metric", metric)
    configuration.metric = chosen
  }
}

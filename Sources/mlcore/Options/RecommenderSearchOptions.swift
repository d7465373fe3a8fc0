// The flags that say how a recommender's hyperparameters are searched.
import ArgumentParser
import Recommendation

/// A search on a validation part.
struct RecommenderSearchOptions: ParsableArguments {
  @OptionGroup var search: SearchOptions
  @Option(
    help: ArgumentHelp(
      "The metric to optimise: ndcg or rmse (default: rmse if the loss is squared_error).",
      valueName: "name"))
  var metric: String?

  /// Lays the flags over a configuration.
  func apply(to configuration: inout RecommenderSearchConfiguration) throws {
    try search.apply(to: &configuration)
    guard metric != nil else { return }
    var chosen = RecommenderSearchConfiguration.Metric.ndcg
    try SearchOptions.choose(&chosen, "--metric", metric)
    configuration.metric = chosen
  }
}

// The flags that say how a recommender's hyperparameters are searched.
import ArgumentParser
import Tasks

/// A search on a validation part.
struct RecommenderSearchOptions: ParsableArguments {
  @OptionGroup var search: SearchOptions
  @Option(
    help: ArgumentHelp(
      "What is searched by: ndcg or rmse (default: rmse where ratings are learnt from, else ndcg).",
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

// `mlcore train recommender`: the flags, laid over the configuration.
import ArgumentParser

/// Trains a two-tower recommender.
struct TrainRecommender: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommender",
    abstract: "Train a two-tower recommender on interactions or ratings.",
    discussion: """
      Settings come from built-in defaults, then --config, then --set, then flags. The run folder \
      holds the towers, the embeddings, the scalers, metrics and run.toml, which repeats the run.
      """)

  @OptionGroup var training: RecommenderTrainingOptions

  func run() throws { try training.run() }
}

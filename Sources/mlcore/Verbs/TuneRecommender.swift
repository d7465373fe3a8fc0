// `mlcore tune recommender`: the flags, laid over the configuration, and the search.
import ArgumentParser
import LearningTasks
import Recommendation
import Storage

/// Searches the hyperparameters of a two-tower recommender.
struct TuneRecommender: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommender",
    abstract: "Search the hyperparameters of a two-tower recommender.",
    discussion: """
      Every configuration is scored on a validation part of the interactions that are not the test \
      part (--test or --holdout), which the search never sees. Hyperparameters that are set are not \
      searched. The run folder is that of 'train recommender' with the best configuration, and \
      run.toml repeats it. A search that was stopped goes on with --resume, and one that has ended \
      with more --trials.
      """)

  @OptionGroup(title: "Data") var data: SettingOptions<RecommenderDataFlags>
  @OptionGroup(title: "Search") var search: RecommenderSearchOptions
  @OptionGroup(title: "Model") var model: SettingOptions<TowerFlags>
  @OptionGroup var options: RunOptions<RecommenderConfiguration>

  func run() throws {
    var configuration = RecommenderSearchConfiguration()
    configuration.recommender = try options.configuration {
      try data.apply(to: &$0)
      try model.apply(to: &$0)
    }
    try search.apply(to: &configuration)
    try configuration.validate()
    try search.search.write(
      options, inputs: configuration.recommender.inputs, warmStart: configuration.warmStart,
      text: { TuningReportText<RecommenderTask>(report: $0, terminal: .output).text },
      work: {
        try RecommenderTask.tune(
          configuration, into: $0, shownAs: $1, resumes: search.search.resume,
          force: options.output.force, context: $2)
      })
  }
}

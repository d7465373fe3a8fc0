// `mlcore tune recommender`: the flags, laid over the configuration, and the search.
import ArgumentParser
import Tasks

/// Searches the hyperparameters of a two-tower recommender.
struct TuneRecommender: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommender",
    abstract: "Search the hyperparameters of a two-tower recommender.",
    discussion: """
      Every configuration is scored on a validation part of the interactions that are not the test \
      part (--test or --holdout), which the search never sees. Hyperparameters that are set are not \
      searched. The run folder is that of 'train recommender' with the best configuration, and \
      run.toml repeats it. A search that was stopped goes on with --resume, and one that has ended with more --trials.
      """)

  @OptionGroup(title: "Data") var data: RecommenderDataOptions
  @OptionGroup(title: "Search") var search: RecommenderSearchOptions
  @OptionGroup(title: "Model") var model: TwoTowerOptions
  @OptionGroup(title: "Settings") var settings: ConfigurationOptions
  @OptionGroup(title: "Output") var output: OutputFolderOptions
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    try TuningCommand<RecommenderTask>(
      configuration: searchConfiguration, resumes: search.search.resume, output: output,
      threads: threads, report: report
    ).run()
  }

  private func searchConfiguration() throws -> RecommenderSearchConfiguration {
    let layers = RecommenderConfiguration.layers
    var configuration = RecommenderSearchConfiguration()
    try settings.apply(to: &configuration.recommender, layers: layers)
    for flag in data.given + model.given + seed.given {
      try layers.apply(
        key: flag.key, texts: flag.texts, source: flag.flag, to: &configuration.recommender)
    }
    try search.apply(to: &configuration)
    try configuration.validate()
    return configuration
  }
}

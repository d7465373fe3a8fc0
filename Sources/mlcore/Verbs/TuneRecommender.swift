// `mlcore tune recommender`: the flags, laid over the configuration, and the search.
import ArgumentParser
import Storage
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
    let out = try output.folder()
    let configuration = try searchConfiguration()
    try OutputPlace.check(
      folder: out, inputs: configuration.recommender.inputs, model: configuration.warmStart)
    let bar = ProgressBar()
    defer { bar.close() }
    let context = try bar.context(threads)
    // More trials for a search that has ended take the place of its folder.
    let addsTrials = search.search.resume && SearchTask.holdsStudy(out)
    let folder = try RunFolder(target: out, force: output.force || addsTrials)
    Interruption.leaves("the trials that have ended are kept, --resume goes on from there")
    Interruption.onForcedExit { folder.cancel() }
    let result = try RecommenderTask.tune(
      configuration, into: folder, shownAs: out, resumes: search.search.resume,
      force: output.force, context: context)
    bar.close()
    if report.json {
      try Terminal.output.write(try JSONDocument.text(of: result))
    } else {
      try Terminal.output.write(RecommenderTuneReportText(report: result, terminal: .output).text)
    }
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

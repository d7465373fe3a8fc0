// Everything that can be said about the training of a recommender, for `train recommender` and for
// `train --config`.
import ArgumentParser
import Tasks

/// The flags of a recommender training.
struct RecommenderTrainingOptions: ParsableArguments {
  @OptionGroup(title: "Data") var data: RecommenderDataOptions
  @OptionGroup(title: "Model") var model: TwoTowerOptions
  @OptionGroup(title: "Settings") var settings: ConfigurationOptions
  @OptionGroup(title: "Output") var output: OutputFolderOptions
  @Flag(help: "Train and judge the baselines only; no folder is written.")
  var baselineOnly = false
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var report: ReportOptions

  /// Lays the flags over the configuration and trains.
  func run() throws {
    let layers = RecommenderConfiguration.layers
    var configuration = RecommenderConfiguration()
    try settings.apply(to: &configuration, layers: layers)
    for flag in data.given + model.given + seed.given {
      try layers.apply(key: flag.key, texts: flag.texts, source: flag.flag, to: &configuration)
    }
    try TrainingCommand<RecommenderTask>(
      configuration: configuration, output: output, baselinesOnly: baselineOnly, threads: threads,
      report: report
    )
    .run()
  }
}

/// The tables and the roles of their columns.
struct RecommenderDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Interactions: a CSV, TSV or Parquet file, a folder of them, or an s3:// URI.",
      valueName: "data"))
  var data: String?
  @Option(
    name: .customLong("user-id"),
    help: ArgumentHelp("The column of users (default: by its name).", valueName: "col"))
  var userID: String?
  @Option(
    name: .customLong("item-id"),
    help: ArgumentHelp("The column of items (default: by its name).", valueName: "col"))
  var itemID: String?
  @Option(
    help: ArgumentHelp(
      "The column of ratings (default: by its name, if there is one).", valueName: "col"))
  var rating: String?
  @Option(help: .recommender("data.lowest_rating"))
  var lowestRating: String?
  @Option(help: .recommender("data.highest_rating"))
  var highestRating: String?
  @Option(help: ArgumentHelp("The column of times; the latest are judged on.", valueName: "col"))
  var timestamp: String?
  @Option(help: ArgumentHelp("Columns that describe users.", valueName: "col[,col]"))
  var userFeatures: [String] = []
  @Option(help: ArgumentHelp("Columns that describe items.", valueName: "col[,col]"))
  var itemFeatures: [String] = []
  @Option(help: ArgumentHelp("A table of users with their features.", valueName: "data"))
  var users: String?
  @Option(help: ArgumentHelp("A table of items with their features.", valueName: "data"))
  var items: String?
  @Option(help: ArgumentHelp("Interactions of their own to judge on.", valueName: "data"))
  var test: String?
  @Option(help: .recommender("evaluation.holdout"))
  var holdout: String?
  @Option(help: .recommender("evaluation.split"))
  var split: String?
  @Option(help: .recommender("evaluation.k"))
  var k: String?
  @Option(help: .recommender("evaluation.baselines"))
  var baselines: [String] = []
  @OptionGroup var format: DataFormatOptions

  /// The flags that were given.
  var given: [GivenFlag] {
    var flags: [GivenFlag] = []
    flags.append("data.path", "--data", data)
    flags.append("data.user_id", "--user-id", userID)
    flags.append("data.item_id", "--item-id", itemID)
    flags.append("data.rating", "--rating", rating)
    flags.append("data.lowest_rating", "--lowest-rating", lowestRating)
    flags.append("data.highest_rating", "--highest-rating", highestRating)
    flags.append("data.timestamp", "--timestamp", timestamp)
    flags.append("data.user_features", "--user-features", list: userFeatures)
    flags.append("data.item_features", "--item-features", list: itemFeatures)
    flags.append("data.users", "--users", users)
    flags.append("data.items", "--items", items)
    flags.append("evaluation.test", "--test", test)
    flags.append("evaluation.holdout", "--holdout", holdout)
    flags.append("evaluation.split", "--split", split)
    flags.append("evaluation.k", "--k", k)
    flags.append(
      "evaluation.baselines", "--baselines",
      list: baselines.flatMap { $0.split(separator: ",").map(String.init) })
    flags.append("data.delimiter", "--delimiter", format.delimiter)
    flags.append("data.header", "--no-header", format.hasNoHeader ? "false" : nil)
    return flags
  }
}

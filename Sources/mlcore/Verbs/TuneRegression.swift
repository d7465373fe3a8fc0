// `mlcore tune regression`: the flags, laid over the configuration, and the search.
import ArgumentParser
import Storage
import Tasks

/// Searches the hyperparameters of a regression model.
struct TuneRegression: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regression",
    abstract: "Search the hyperparameters of a model that predicts a number.",
    discussion: """
      Every configuration is scored on folds of the rows that are not the test part (--test or \
      --holdout), which the search never sees. Hyperparameters that are set are not searched. The \
      run folder is that of 'train regression' with the best configuration, and run.toml repeats \
      it. A search that was stopped goes on with --resume, and one that has ended with more \
      --trials.
      """)

  @OptionGroup(title: "Data") var data: SettingOptions<TableFlags<RegressionConfiguration>>
  @OptionGroup(title: "Search") var search: RegressionSearchOptions
  @OptionGroup(title: "Judging") var judging: SettingOptions<TestFlags<RegressionConfiguration>>
  @OptionGroup(title: "Boosting")
  var boosting: SettingOptions<BoostingFlags<RegressionConfiguration>>
  @OptionGroup var options: RunOptions<RegressionConfiguration>

  func run() throws {
    var configuration = RegressionSearchConfiguration()
    configuration.regression = try options.configuration {
      try data.apply(to: &$0)
      try boosting.apply(to: &$0)
      try judging.apply(to: &$0)
      judging.overrule(&$0.judging)
    }
    try search.apply(to: &configuration)
    try configuration.validate()
    try search.search.write(
      options, inputs: configuration.regression.inputs, warmStart: configuration.warmStart,
      text: { TuningReportText<RegressionTask>(report: $0, terminal: .output).text },
      work: {
        try RegressionTask.tune(
          configuration, into: $0, shownAs: $1, resumes: search.search.resume,
          force: options.output.force, context: $2)
      })
  }
}

/// A search on folds.
struct RegressionSearchOptions: ParsableArguments {
  @OptionGroup var search: SearchOptions
  @Option(
    help: ArgumentHelp(
      "The folds that every configuration is scored on (default: 5).", valueName: "k"))
  var folds: Int?
  @Option(
    help: ArgumentHelp(
      "What is searched by: rmse, mae or mean_poisson_deviance (default: what the loss minimises).",
      valueName: "name"))
  var metric: String?

  /// Lays the flags over a configuration.
  func apply(to configuration: inout RegressionSearchConfiguration) throws {
    try search.apply(to: &configuration)
    // A training's folds are what a search has anyway.
    let configured = configuration.regression.judging.folds
    configuration.folds = folds ?? (configured > 0 ? configured : configuration.folds)
    configuration.regression.judging.folds = 0
    configuration.metric = RegressionSearchConfiguration.Metric(of: configuration.regression.loss)
    try SearchOptions.choose(&configuration.metric, "--metric", metric)
  }
}

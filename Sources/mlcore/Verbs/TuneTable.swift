// `mlcore tune churn` and every other search on one labelled table: the flags, laid over the
// configuration, and the search.
import ArgumentParser
import Configuration
import GradientBoosting
import LearningTasks
import Storage
import Tabular

/// Searches the hyperparameters of a model of trees.
struct TuneTable<Problem: TabularWords>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Problem.task, abstract: Problem.tuneAbstract,
      discussion: """
        Every configuration is scored on folds of the rows that are not the test part (--test or \
        --holdout), which the search never sees. Hyperparameters that are set are not searched. \
        The run folder is that of 'train \(Problem.task)' with the best configuration, and \
        run.toml repeats it. A search that was stopped goes on with --resume, and one that has \
        ended with more --trials.
        """)
  }

  @OptionGroup(title: "Data") var data: SettingOptions<TableFlags<Problem.Configuration>>
  @OptionGroup(title: "Search") var search: TabularSearchOptions<Problem>
  @OptionGroup(title: "Judging") var judging: SettingOptions<TestFlags<Problem.Configuration>>
  @OptionGroup(title: "Boosting")
  var boosting: SettingOptions<BoostingFlags<Problem.Configuration>>
  @OptionGroup var options: RunOptions<Problem.Configuration>

  func run() throws {
    var configuration = TabularSearchConfiguration<Problem>()
    configuration.training = try options.configuration {
      try data.apply(to: &$0)
      try boosting.apply(to: &$0)
      try judging.apply(to: &$0)
      judging.overrule(&$0.judging)
    }
    try search.apply(to: &configuration)
    if let file = options.settings.config { try checkStopping(configuration, file: file) }
    try configuration.validate()
    try search.search.write(
      options, inputs: configuration.training.inputs, warmStart: configuration.warmStart,
      text: { TuningReportText<TabularTask<Problem>>(report: $0, terminal: .output).text },
      work: {
        try TabularTask<Problem>.tune(
          configuration, into: $0, shownAs: $1, resumes: search.search.resume,
          force: options.output.force, context: $2)
      })
  }

  /// Refuses a file of a training that has its number of trees, as `tune` itself writes it.
  private func checkStopping(
    _ configuration: TabularSearchConfiguration<Problem>, file: String
  ) throws {
    guard configuration.training.boosting.earlyStoppingRounds == 0 else { return }
    var written = Problem.Configuration()
    try Problem.Configuration.layers.apply(file: file, to: &written)
    guard written.boosting.earlyStoppingRounds == 0 else { return }
    throw CommandLineError(
      facts:
        "\(file): boosting.early_stopping_rounds is 0, expected at least 1: a search finds the "
        + "number of trees by early stopping",
      advice: "give the table and its columns as flags in place of --config, and begin with the "
        + "hyperparameters of an earlier search by --warm-start DIR", code: .usage)
  }
}

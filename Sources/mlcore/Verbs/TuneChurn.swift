// `mlcore tune churn`: the flags, laid over the configuration, and the search.
import ArgumentParser
import Storage
import Tasks

/// Searches the hyperparameters of a churn classifier.
struct TuneChurn: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "churn",
    abstract: "Search the hyperparameters of a churn classifier.",
    discussion: """
      Every configuration is scored on folds of the rows that are not the test part (--test or \
      --holdout), which the search never sees. Hyperparameters that are set are not searched. The \
      run folder is that of 'train churn' with the best configuration, and run.toml repeats it. A \
      search that was stopped goes on with --resume, and one that has ended with more --trials.
      """)

  @OptionGroup(title: "Data") var data: SettingOptions<TableFlags<ChurnConfiguration>>
  @OptionGroup(title: "Search") var search: ChurnSearchOptions
  @OptionGroup(title: "Judging") var judging: SettingOptions<TestFlags<ChurnConfiguration>>
  @OptionGroup(title: "Boosting") var boosting: SettingOptions<BoostingFlags<ChurnConfiguration>>
  @OptionGroup var options: RunOptions<ChurnConfiguration>

  func run() throws {
    var configuration = ChurnSearchConfiguration()
    configuration.churn = try options.configuration {
      try data.apply(to: &$0)
      try boosting.apply(to: &$0)
      try judging.apply(to: &$0)
      judging.overrule(&$0.judging)
    }
    try search.apply(to: &configuration)
    try configuration.validate()
    try search.search.write(
      options, inputs: configuration.churn.inputs, warmStart: configuration.warmStart,
      text: { TuningReportText<ChurnTask>(report: $0, terminal: .output).text },
      work: {
        try ChurnTask.tune(
          configuration, into: $0, shownAs: $1, resumes: search.search.resume,
          force: options.output.force, context: $2)
      })
  }
}

// `mlcore train regression`: the flags, laid over the configuration, and the run.
import ArgumentParser
import Tasks

/// Trains a regression model.
struct TrainRegression: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regression",
    abstract: "Train a model that predicts a number, such as a customer's value.",
    discussion: """
      Settings come from built-in defaults, then --config, then --set, then flags. The run folder \
      holds the model, the encoders, metrics and run.toml, which repeats the run.
      """)

  @OptionGroup(title: "Data") var data: SettingOptions<TableFlags<RegressionConfiguration>>
  @OptionGroup(title: "Judging") var judging: SettingOptions<JudgingFlags<RegressionConfiguration>>
  @OptionGroup(title: "Boosting")
  var boosting: SettingOptions<BoostingFlags<RegressionConfiguration>>
  @OptionGroup var options: RunOptions<RegressionConfiguration>

  func run() throws {
    let configuration = try options.configuration {
      try data.apply(to: &$0)
      try judging.apply(to: &$0)
      try boosting.apply(to: &$0)
      judging.overrule(&$0.judging)
    }
    try configuration.validate()
    try options.write(
      inputs: configuration.inputs,
      text: { RegressionTask.text($0, for: .output) },
      work: {
        try RegressionTask.train(configuration, into: $0, shownAs: $1, context: $2)
      })
  }
}

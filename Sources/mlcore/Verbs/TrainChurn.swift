// `mlcore train churn`: the flags, laid over the configuration, and the run.
import ArgumentParser
import Tasks

/// Trains a churn classifier.
struct TrainChurn: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "churn",
    abstract: "Train a churn classifier on a labelled customer table.",
    discussion: """
      Settings come from built-in defaults, then --config, then --set, then flags. The run folder \
      holds the model, the encoders, metrics and run.toml, which repeats the run.
      """)

  @OptionGroup(title: "Data") var data: SettingOptions<TableFlags<ChurnConfiguration>>
  @OptionGroup(title: "Judging") var judging: SettingOptions<JudgingFlags<ChurnConfiguration>>
  @OptionGroup(title: "Boosting") var boosting: SettingOptions<BoostingFlags<ChurnConfiguration>>
  @OptionGroup var options: RunOptions<ChurnConfiguration>

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
      text: { ChurnTask.text($0, for: .output) },
      work: {
        try ChurnTask.train(configuration, into: $0, shownAs: $1, context: $2)
      })
  }
}

// `mlcore train churn` and every other training on one labelled table: the flags, laid over the
// configuration, and the run.
import ArgumentParser
import LearningTasks
import Tabular

/// Trains a model of trees.
struct TrainTable<Problem: TabularWords>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Problem.task, abstract: Problem.trainAbstract,
      discussion: """
        Settings come from built-in defaults, then --config, then --set, then flags. The run folder \
        holds the model, the encoders, metrics and run.toml, which repeats the run.
        """)
  }

  @OptionGroup(title: "Data") var data: SettingOptions<TableFlags<Problem.Configuration>>
  @OptionGroup(title: "Judging") var judging: SettingOptions<JudgingFlags<Problem.Configuration>>
  @OptionGroup(title: "Boosting")
  var boosting: SettingOptions<BoostingFlags<Problem.Configuration>>
  @OptionGroup var options: RunOptions<Problem.Configuration>

  func run() throws {
    let configuration = try options.configuration {
      try data.apply(to: &$0)
      try judging.apply(to: &$0)
      try boosting.apply(to: &$0)
      judging.overrule(&$0.judging)
    }
    try configuration.validate()
    let metric = Problem.usualMetric(of: configuration)
    try options.write(
      inputs: configuration.inputs,
      text: { TabularTask<Problem>.text($0, by: metric, for: .output) },
      work: {
        try TabularTask<Problem>.train(configuration, into: $0, shownAs: $1, context: $2)
      })
  }
}

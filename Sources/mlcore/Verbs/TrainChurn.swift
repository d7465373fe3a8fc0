// `mlcore train churn`: the flags, laid over the configuration.
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

  @OptionGroup(title: "Data") var data: ChurnDataOptions
  @OptionGroup(title: "Judging") var judging: ChurnJudgingOptions
  @OptionGroup(title: "Boosting") var boosting: BoostingOptions
  @OptionGroup(title: "Settings") var settings: ConfigurationOptions
  @OptionGroup(title: "Output") var output: OutputFolderOptions
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let layers = ChurnConfiguration.layers
    var configuration = ChurnConfiguration()
    try settings.apply(to: &configuration, layers: layers)
    for flag in data.given + judging.given + boosting.given + seed.given {
      try layers.apply(key: flag.key, text: flag.text, source: flag.flag, to: &configuration)
    }
    // A flag for one way of judging overrules the configuration's other way.
    if judging.test != nil, judging.folds == nil { configuration.judging.folds = 0 }
    if judging.folds != nil, judging.test == nil { configuration.judging.test = nil }
    try ChurnTraining(
      configuration: configuration, output: output, threads: threads, report: report
    )
    .run()
  }
}

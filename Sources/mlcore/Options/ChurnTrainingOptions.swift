// Everything that can be said about the training of a churn model, for `train churn` and for
// `train --config`.
import ArgumentParser
import Tasks

/// The flags of a churn training.
struct ChurnTrainingOptions: ParsableArguments {
  @OptionGroup(title: "Data") var data: ChurnDataOptions
  @OptionGroup(title: "Judging") var judging: ChurnJudgingOptions
  @OptionGroup(title: "Boosting") var boosting: BoostingOptions
  @OptionGroup(title: "Settings") var settings: ConfigurationOptions
  @OptionGroup(title: "Output") var output: OutputFolderOptions
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var report: ReportOptions

  /// Lays the flags over the configuration and trains.
  func run() throws {
    let layers = ChurnConfiguration.layers
    var configuration = ChurnConfiguration()
    try settings.apply(to: &configuration, layers: layers)
    for flag in data.given + judging.given + boosting.given + seed.given {
      try layers.apply(
        key: flag.key, texts: flag.texts, source: flag.flag, to: &configuration)
    }
    // A flag for one way of judging overrules the configuration's other way.
    if judging.test != nil, judging.holdout == nil { configuration.judging.holdout = nil }
    if judging.holdout != nil, judging.test == nil { configuration.judging.test = nil }
    try TrainingCommand<ChurnTask>(
      configuration: configuration, output: output, threads: threads, report: report
    )
    .run()
  }
}

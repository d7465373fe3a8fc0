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

  @OptionGroup(title: "Data") var data: ChurnDataOptions
  @OptionGroup(title: "Search") var search: ChurnSearchOptions
  @Option(help: ArgumentHelp("A labelled table of its own to test on.", valueName: "data"))
  var test: String?
  @Option(
    help: ArgumentHelp(
      "The share of rows to test on (default: 0.2 without --test).", valueName: "x"))
  var holdout: String?
  @Option(
    help: ArgumentHelp(
      "Calibrate the final model: none, platt or isotonic (default: none).", valueName: "method"))
  var calibration: String?
  @OptionGroup(title: "Boosting") var boosting: BoostingOptions
  @OptionGroup(title: "Settings") var settings: ConfigurationOptions
  @OptionGroup(title: "Output") var output: OutputFolderOptions
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var seed: SeedOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let out = try output.folder()
    let configuration = try searchConfiguration()
    try OutputPlace.check(
      folder: out, inputs: configuration.churn.inputs, model: configuration.warmStart)
    let bar = ProgressBar()
    defer { bar.close() }
    let context = try bar.context(threads)
    // More trials for a search that has ended take the place of its folder.
    let addsTrials = search.search.resume && SearchTask.holdsStudy(out)
    let folder = try RunFolder(target: out, force: output.force || addsTrials)
    Interruption.leaves("the trials that have ended are kept, --resume goes on from there")
    Interruption.onForcedExit { folder.cancel() }
    let result = try ChurnTask.tune(
      configuration, into: folder, shownAs: out, resumes: search.search.resume, force: output.force,
      context: context)
    bar.close()
    if report.json {
      try Terminal.output.write(try JSONDocument.text(of: result))
    } else {
      try Terminal.output.write(ChurnTuneReportText(report: result, terminal: .output).text)
    }
  }

  private func searchConfiguration() throws -> ChurnSearchConfiguration {
    let layers = ChurnConfiguration.layers
    var configuration = ChurnSearchConfiguration()
    try settings.apply(to: &configuration.churn, layers: layers)
    var flags = data.given + boosting.given + seed.given
    flags.append("evaluation.test", "--test", test)
    flags.append("evaluation.holdout", "--holdout", holdout)
    flags.append("calibration.method", "--calibration", calibration)
    for flag in flags {
      try layers.apply(
        key: flag.key, texts: flag.texts, source: flag.flag, to: &configuration.churn)
    }
    // A flag for one way of testing overrules the configuration's other way.
    if test != nil, holdout == nil { configuration.churn.judging.holdout = nil }
    if holdout != nil, test == nil { configuration.churn.judging.test = nil }
    try search.apply(to: &configuration)
    try configuration.validate()
    return configuration
  }
}

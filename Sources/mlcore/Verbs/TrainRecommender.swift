// `mlcore train recommender`: the flags, laid over the configuration, and the run.
import ArgumentParser
import Storage
import Tasks

/// Trains a two-tower recommender.
struct TrainRecommender: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommender",
    abstract: "Train a two-tower recommender on interactions or ratings.",
    discussion: """
      Settings come from built-in defaults, then --config, then --set, then flags. The run folder \
      holds the towers, the embeddings, the scalers, metrics and run.toml, which repeats the run.
      """)

  @OptionGroup var training: RecommenderTrainingOptions

  func run() throws { try training.run() }
}

/// A recommender training run of the command line.
struct RecommenderTraining {
  let configuration: RecommenderConfiguration
  let output: OutputFolderOptions
  let baselinesOnly: Bool
  let threads: ThreadOptions
  let report: ReportOptions

  func run() throws {
    try configuration.validate()
    let out = baselinesOnly ? "" : try output.folder()
    if !baselinesOnly { try OutputPlace.check(folder: out, inputs: configuration.inputs) }
    let bar = ProgressBar()
    defer { bar.close() }
    let context = try bar.context(threads)
    // Before the work, so that a folder that cannot be written costs no time.
    let folder = baselinesOnly ? nil : try RunFolder(target: out, force: output.force)
    Interruption.onForcedExit { folder?.cancel() }
    let result = try RecommenderTask.train(
      configuration, into: folder, shownAs: out, context: context)
    bar.close()
    if report.json {
      try Terminal.output.write(try JSONDocument.text(of: result))
    } else {
      try Terminal.output.write(
        RecommenderReportText(report: result, terminal: .output).text)
    }
  }
}

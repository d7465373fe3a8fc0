// `mlcore train`: one subcommand per task; without one, the task that the configuration names.
import ArgumentParser
import Tasks

/// Trains a model.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on a table.",
    subcommands: [TrainChurn.self, TrainConfigured.self],
    defaultSubcommand: TrainConfigured.self)
}

/// Repeats or varies a run by its configuration: `mlcore train --config run.toml --out DIR`.
struct TrainConfigured: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "configured",
    abstract: "Train what a configuration file names.",
    shouldDisplay: false)

  @Argument(help: ArgumentHelp("The task.", visibility: .hidden))
  var task: String?
  @OptionGroup var settings: ConfigurationOptions
  @OptionGroup var output: OutputFolderOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    if let task { throw Self.unknown(task) }
    guard let file = settings.config else {
      throw Complaint(
        facts: "no task was given to train, expected one of \(Self.tasks.joined(separator: ", "))",
        advice: "name the task, as in 'mlcore train churn', or give --config run.toml",
        code: .usage)
    }
    let task = try ConfigurationFile.task(of: file)
    guard task == ChurnConfiguration.task else { throw Self.unknown(task) }
    var configuration = ChurnConfiguration()
    try settings.apply(to: &configuration, layers: ChurnConfiguration.layers)
    try ChurnTraining(
      configuration: configuration, output: output, threads: threads, report: report
    )
    .run()
  }

  private static let tasks = [ChurnConfiguration.task]

  private static func unknown(_ task: String) -> Complaint {
    let nearest = Suggestion.nearest(to: task, in: tasks)
    return Complaint(
      facts: "there is no task '\(task)', expected one of \(tasks.joined(separator: ", "))",
      advice: nearest.map { "did you mean '\($0)'?" } ?? "See 'mlcore train --help'.",
      code: .usage)
  }
}

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

  @OptionGroup var training: ChurnTrainingOptions

  func run() throws {
    guard let file = training.settings.config else {
      throw Complaint(
        facts: "no task was given to train, expected one of \(Self.tasks.joined(separator: ", "))",
        advice: "name the task, as in 'mlcore train churn', or give --config run.toml",
        code: .usage)
    }
    let task = try ConfigurationFile.task(of: file)
    guard Self.tasks.contains(task) else {
      let meant = Suggestion.nearest(to: task, in: Self.tasks)
      throw Complaint(
        facts: "\(file): there is no task '\(task)', expected one of "
          + Self.tasks.joined(separator: ", "),
        advice: meant.map { "did you mean '\($0)'?" } ?? "See 'mlcore train --help'.",
        code: .usage)
    }
    try training.run()
  }

  private static let tasks = [ChurnConfiguration.task]
}

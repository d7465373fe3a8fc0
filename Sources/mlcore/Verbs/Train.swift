// `mlcore train`: one subcommand per task; without one, the task that the configuration names.
import ArgumentParser
import Configuration
import Texts

/// Trains a model.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on a table.",
    discussion: """
      'mlcore train --config run.toml --out DIR' trains what the file names, and takes the flags of \
      that task; the run.toml of an earlier run repeats it.
      """,
    subcommands: TaskRegistry.all.map { $0.trainCommand }
      + [TrainSageMaker.self, TrainConfigured.self],
    defaultSubcommand: TrainConfigured.self)
}

/// What `mlcore train` does where neither a task nor a configuration names one.
///
/// `MLCore` puts the task of a configuration file in front of the flags before they are parsed.
struct TrainConfigured: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "configured",
    abstract: "Train what a configuration file names.",
    shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws {
    throw CommandLineError(
      facts:
        "no task was given to train, expected \(TaskRegistry.names.oneOf)",
      advice: "name the task, as in 'mlcore train churn', or give --config run.toml",
      code: .usage)
  }

  /// The task that a configuration file names.
  ///
  /// - Throws: `ConfigurationError`, `CommandLineError`.
  static func task(of file: String) throws -> String {
    let task = try ConfigurationFile.task(of: file)
    let tasks = TaskRegistry.names
    guard tasks.contains(task) else {
      let meant = Suggestion.nearest(to: task, in: tasks)
      throw CommandLineError(
        facts: "\(file): there is no task '\(task)', expected \(tasks.oneOf)",
        advice: meant.map { "did you mean '\($0)'?" } ?? "See 'mlcore train --help'.",
        code: .usage)
    }
    return task
  }
}

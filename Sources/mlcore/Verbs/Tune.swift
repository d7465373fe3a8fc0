// `mlcore tune`: one subcommand per task.
import ArgumentParser

/// Searches hyperparameters.
struct Tune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Search the hyperparameters of a model, and train it with the best ones.",
    subcommands: TaskRegistry.all.map { $0.tuneCommand })
}

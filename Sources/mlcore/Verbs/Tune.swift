// `mlcore tune`: one subcommand per task.
import ArgumentParser
import Tasks

/// Searches hyperparameters.
struct Tune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Search the hyperparameters of a model, and train it with the best ones.",
    subcommands: [
      TuneTable<Classification<ChurnPreset>>.self, TuneTable<Classification<BinaryPreset>>.self,
      TuneTable<Regression>.self, TuneRecommender.self,
    ])
}

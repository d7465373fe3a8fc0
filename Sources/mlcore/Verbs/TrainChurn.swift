// `mlcore train churn`: the flags, laid over the configuration.
import ArgumentParser

/// Trains a churn classifier.
struct TrainChurn: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "churn",
    abstract: "Train a churn classifier on a labelled customer table.",
    discussion: """
      Settings come from built-in defaults, then --config, then --set, then flags. The run folder \
      holds the model, the encoders, metrics and run.toml, which repeats the run.
      """)

  @OptionGroup var training: ChurnTrainingOptions

  func run() throws { try training.run() }
}

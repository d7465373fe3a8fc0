// The flags that say how hyperparameters are searched.
import ArgumentParser
import Tasks

/// The size of a search, and who decides in it.
struct ChurnSearchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many configurations to try (default: 50).", valueName: "n"))
  var trials: Int?
  @Option(
    help: ArgumentHelp(
      "The folds that every configuration is scored on (default: 5).", valueName: "k"))
  var folds: Int?
  @Option(
    help: ArgumentHelp(
      "Who chooses configurations: tpe, tpe-optuna or random (default: tpe).", valueName: "name"))
  var sampler: String?
  @Option(
    help: ArgumentHelp(
      "Who stops configurations that are left behind: asha, median or none (default: asha).",
      valueName: "name"))
  var pruner: String?
  @Option(
    help: ArgumentHelp("What is searched by: auc or log_loss (default: auc).", valueName: "name"))
  var metric: String?
  @Option(
    help: ArgumentHelp(
      "Try the best configurations of the search in this folder first.", valueName: "dir"))
  var warmStart: String?
  @Flag(help: "Go on with the search of this --out that was stopped.")
  var resume = false

  /// Lays the flags over a configuration.
  func apply(to configuration: inout ChurnSearchConfiguration) throws {
    configuration.trials = trials ?? configuration.trials
    // A training's folds are what a search has anyway.
    let configured = configuration.churn.judging.folds
    configuration.folds = folds ?? (configured > 0 ? configured : configuration.folds)
    configuration.churn.judging.folds = 0
    configuration.warmStart = warmStart
    try choose(&configuration.sampler, "--sampler", sampler)
    try choose(&configuration.pruner, "--pruner", pruner)
    try choose(&configuration.metric, "--metric", metric)
  }

  private func choose<Choice: CaseIterable & RawRepresentable>(
    _ choice: inout Choice, _ flag: String, _ text: String?
  ) throws where Choice.RawValue == String {
    guard let text else { return }
    guard let chosen = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue)
      throw Complaint(
        facts: "\(flag) is '\(text)', expected \(names.joined(separator: ", "))",
        advice: Suggestion.nearest(to: text, in: names).map { "did you mean '\($0)'?" }
          ?? "leave \(flag) out for its default", code: .usage)
    }
    choice = chosen
  }
}

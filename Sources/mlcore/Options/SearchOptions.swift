// The flags of every search, and how words that a flag offers are read.
import ArgumentParser
import Configuration
import LearningTasks
import Storage
import Texts
import Tuning

/// The size of a search, its sampler and its pruner.
struct SearchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many configurations to try (default: 50).", valueName: "n"))
  var trials: Int?
  @Option(
    help: ArgumentHelp(
      "What chooses configurations: tpe, tpe-optuna or random (default: tpe).", valueName: "name"))
  var sampler: String?
  @Option(
    help: ArgumentHelp(
      "What stops unpromising configurations: asha, median or none (default: asha).",
      valueName: "name"))
  var pruner: String?
  @Option(
    help: ArgumentHelp(
      "Try the best configurations of the search in this folder first.", valueName: "dir"))
  var warmStart: String?
  @Flag(
    help: "Go on with the search of --out, which was stopped or ended with fewer --trials.")
  var resume = false

  /// Lays the flags over a configuration.
  func apply(to configuration: inout some SearchConfiguration) throws {
    configuration.trials = trials ?? configuration.trials
    configuration.warmStart = warmStart
    try Self.choose(&configuration.sampler, "--sampler", sampler)
    try Self.choose(&configuration.pruner, "--pruner", pruner)
  }

  /// Runs a search that writes a folder, and prints the report.
  ///
  /// - Parameter warmStart: the folder of an earlier search; nil for none.
  func write<Target, Report: Encodable>(
    _ options: RunOptions<Target>, inputs: [String], warmStart: String?,
    text: (Report) -> String, work: (RunFolder, String, RunContext) throws -> Report
  ) throws {
    let out = try options.output.folder()
    guard !resume || SearchTask.isResumable(out) else {
      throw TuningError.nothingToResume(path: out)
    }
    try options.write(
      inputs: inputs, model: warmStart,
      // More trials for a search that has ended take the place of its folder.
      replaces: { resume && SearchTask.holdsStudy($0) }, text: text
    ) { folder, out, context in
      Interruption.leaves("the trials that have ended are kept, --resume goes on from there")
      return try work(folder, out, context)
    }
  }

  /// Takes the choice that a flag names, if it was given.
  static func choose<Choice: CaseIterable & RawRepresentable>(
    _ choice: inout Choice, _ flag: String, _ text: String?
  ) throws where Choice.RawValue == String {
    guard let text else { return }
    guard let chosen = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue)
      throw CommandLineError(
        facts: "\(flag) is '\(text)', expected \(names.oneOf)",
        advice: Suggestion.nearest(to: text, in: names).map { "did you mean '\($0)'?" }
          ?? "leave \(flag) out for its default", code: .usage)
    }
    choice = chosen
  }
}

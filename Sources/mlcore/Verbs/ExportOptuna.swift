// `mlcore export optuna`: the study of a search as a journal for Optuna.
import ArgumentParser
import LearningTasks

/// Writes a study for Optuna.
struct ExportOptuna: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "optuna",
    abstract: "Write the study of a search as a journal file for Optuna.",
    discussion: """
      'optuna-dashboard FILE' shows it, and optuna.storages.JournalStorage opens it: trials, \
      hyperparameters and the score after every few rounds, or every epoch of a recommender. A \
      round takes one millisecond in it.
      """)

  @Option(help: ArgumentHelp("The folder that 'mlcore tune' wrote.", valueName: "dir"))
  var study: String
  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out: String
  @Flag(help: "Replace the file if it exists.")
  var force = false

  func run() throws {
    guard !out.isEmpty, out != "-", !out.hasSuffix("/"), !out.contains("://") else {
      throw CommandLineError(
        facts: "--out is '\(out)', expected the name of a local file",
        advice: "give --out a file name", code: .usage)
    }
    let trials = try SearchTask.exportStudy(of: study, to: out, replaces: force)
    try Terminal.output.write("\(out): \(trials.counted("trial"))\n")
  }
}

// The flag that names the home of a loop.
import ArgumentParser
import LearningTasks
import Pipeline

/// The home of a loop.
struct HomeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder that 'mlcore watch --init' made.", valueName: "dir"))
  var home: String

  /// The home, which must exist.
  func opened() throws -> LoopDirectory { try LoopDirectory(opening: home) }
}

extension ReportOptions {
  /// Writes a document as JSON where that is asked for, and lines of text where not.
  func write(_ document: some Encodable, lines: () -> [String]) throws {
    try Terminal.output.write(
      json ? try JSONDocument.text(of: document) : lines().map { $0 + "\n" }.joined())
  }
}

// `mlcore generate`: made-up tables whose truth is known.
import ArgumentParser

/// Makes tables.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make a table whose truth is known.",
    subcommands: [GenerateChurn.self, GenerateClassicModels.self])
}

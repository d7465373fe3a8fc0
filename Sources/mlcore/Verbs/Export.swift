// `mlcore export`: a trained model as a file for other programs.
import ArgumentParser

/// Writes models for other programs.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a trained model as a file that other programs open.",
    subcommands: [ExportLightGBM.self, ExportONNX.self])
}

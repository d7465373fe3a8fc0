// `mlcore export`: a trained model, or what it knows, as files for other programs.
import ArgumentParser

/// Writes models for other programs.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract:
      "Write a trained model, its embeddings or its search as files that other programs open.",
    subcommands: ExportForms.verbs + [
      ExportEmbeddings.self, ExportPGVector.self, ExportOptuna.self,
    ])
}

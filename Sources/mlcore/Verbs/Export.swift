// `mlcore export`: a trained model, or what it knows, as files for other programs.
import ArgumentParser
import Tabular

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

/// Writes a model for LightGBM.
struct ExportLightGBM: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lightgbm",
    abstract: "Write a trained model as a text file for LightGBM.",
    discussion: """
      lightgbm.Booster(model_file=FILE) opens it. It predicts from a matrix of the model's columns \
      in their order, or from a pandas data frame whose categories are of the type 'category'.
      """)

  @OptionGroup var options: ExportOptions

  func run() throws { try options.export(as: .lightgbm) }
}

/// Writes a model for ONNX Runtime.
struct ExportONNX: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "onnx",
    abstract: "Write a trained model as a graph for ONNX Runtime.",
    discussion: """
      onnxruntime.InferenceSession(FILE) runs it. Each column is an input of the shape [rows, 1]: \
      numbers and seconds since 1970-01-01 UTC as doubles, categories as strings. The outputs are \
      'label' and 'probabilities'.
      """)

  @OptionGroup var options: ExportOptions

  func run() throws { try options.export(as: .onnx) }
}

// `mlcore export onnx`: a trained model as a graph for ONNX Runtime.
import ArgumentParser
import Tasks

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

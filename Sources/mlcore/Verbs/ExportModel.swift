// `mlcore export lightgbm` and `mlcore export onnx`: the trees of a model for other programs. Each
// form is a few words here.
import ArgumentParser
import Tabular

/// A form in which trees are written, in words.
protocol ExportForm: SendableMetatype {
  /// The form, which names the verb.
  static var format: ModelExportFormat { get }
  static var abstract: String { get }
  static var discussion: String { get }
}

/// Writes a model in one form.
struct ExportModel<Form: ExportForm>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Form.format.rawValue, abstract: Form.abstract, discussion: Form.discussion)
  }

  @OptionGroup var options: ExportOptions

  func run() throws { try options.export(as: Form.format) }
}

/// The verbs of all forms.
enum ExportForms {
  static let verbs: [any ParsableCommand.Type] = [
    ExportModel<LightGBM>.self, ExportModel<ONNX>.self,
  ]

  enum LightGBM: ExportForm {
    static let format = ModelExportFormat.lightgbm
    static let abstract = "Write a trained model as a text file for LightGBM."
    static let discussion = """
      lightgbm.Booster(model_file=FILE) opens it. It predicts from a matrix of the model's columns \
      in their order, or from a pandas data frame whose categories are of the type 'category'.
      """
  }

  enum ONNX: ExportForm {
    static let format = ModelExportFormat.onnx
    static let abstract = "Write a trained model as a graph for ONNX Runtime."
    static let discussion = """
      onnxruntime.InferenceSession(FILE) runs it. Each column is an input of the shape [rows, 1]: \
      numbers and seconds since 1970-01-01 UTC as doubles, categories as strings. The outputs are \
      'label' and 'probabilities'.
      """
  }
}

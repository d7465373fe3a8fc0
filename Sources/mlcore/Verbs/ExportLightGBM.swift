// `mlcore export lightgbm`: a trained model as LightGBM's text file.
import ArgumentParser
import Tasks

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

// The flags of verbs that read a table with a trained model.
import ArgumentParser
import Classification
import LearningTasks
import Tabular

/// A model and a table for it.
struct ModelInputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var model: String
  @Option(
    help: ArgumentHelp(
      "A CSV, TSV or Parquet file, a folder of them, or an s3:// URI.", valueName: "data"))
  var data: String
  @OptionGroup var format: SettingOptions<DataFormatFlags>

  /// The table and how it is read.
  func input() throws -> TableSource { try format.input(at: data) }
}

extension SettingOptions where Group == DataFormatFlags {
  /// A table that is read as these flags say.
  func input(at location: String) throws -> TableSource {
    var configuration = ChurnConfiguration()
    try apply(to: &configuration)
    return TableSource(
      location: location, delimiter: configuration.data.delimiter,
      header: has("data.header") ? configuration.data.header : nil)
  }
}

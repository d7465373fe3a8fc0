// The flags of verbs that read a table with a trained model.
import ArgumentParser
import Tasks

/// A model and a table for it.
struct ModelInputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var model: String
  @Option(
    help: ArgumentHelp(
      "A CSV, TSV or Parquet file, a folder of them, or an s3:// URI.", valueName: "data"))
  var data: String
  @OptionGroup var format: DataFormatOptions

  /// The table and how it is read.
  func input() throws -> TableSource { try format.input(at: data) }
}

extension DataFormatOptions {
  /// A table that is read as these flags say.
  func input(at location: String) throws -> TableSource {
    // The settings of training decide which delimiters there are.
    var configuration = ChurnConfiguration()
    if let delimiter {
      try ChurnConfiguration.layers.apply(
        key: "data.delimiter", text: delimiter, source: "--delimiter", to: &configuration)
    }
    return TableSource(
      location: location, delimiter: configuration.data.delimiter,
      header: hasNoHeader ? false : nil)
  }
}

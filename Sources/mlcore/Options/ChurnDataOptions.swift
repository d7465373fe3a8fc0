// The flags that say what a churn model is trained on.
import ArgumentParser

/// The labelled table and the roles of its columns.
struct ChurnDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A CSV, TSV or Parquet file, a folder of them, or an s3:// URI.", valueName: "data"))
  var data: String?
  @Option(help: ArgumentHelp("The column to predict.", valueName: "col"))
  var target: String?
  @Option(
    help: ArgumentHelp(
      "The class that means churn (default: by its name, else the rarer one).", valueName: "class"))
  var positive: String?
  @Option(
    help: ArgumentHelp(
      "Columns that identify a row; carried along, never learnt from.", valueName: "col[,col]"))
  var id: [String] = []
  @Option(help: ArgumentHelp("Columns to leave out. May be repeated.", valueName: "col[,col]"))
  var drop: [String] = []
  @Option(
    help: ArgumentHelp(
      "Columns that are categories even if they look like numbers.", valueName: "col[,col]"))
  var categorical: [String] = []
  @Option(
    help: ArgumentHelp(
      "Columns that are numbers even if digits have leading zeros.", valueName: "col[,col]"))
  var numeric: [String] = []
  @Option(
    help: ArgumentHelp(
      "A column of dates and how they are written: since=%d/%m/%Y. May be repeated.",
      valueName: "col=format"))
  var date: [String] = []
  @Option(
    help: ArgumentHelp(
      "The character before the fraction of numbers: . or , (default: .).", valueName: "c"))
  var decimal: String?
  @OptionGroup var format: DataFormatOptions

  /// The flags that were given.
  var given: [GivenFlag] {
    var flags: [GivenFlag] = []
    flags.append("data.path", "--data", data)
    flags.append("data.target", "--target", target)
    flags.append("data.positive", "--positive", positive)
    flags.append("data.id", "--id", list: id)
    flags.append("data.drop", "--drop", list: drop)
    flags.append("data.categorical", "--categorical", list: categorical)
    flags.append("data.numeric", "--numeric", list: numeric)
    flags.append("data.date", "--date", list: date)
    flags.append("data.decimal", "--decimal", decimal)
    flags.append("data.delimiter", "--delimiter", format.delimiter)
    flags.append("data.header", "--no-header", format.hasNoHeader ? "false" : nil)
    return flags
  }
}

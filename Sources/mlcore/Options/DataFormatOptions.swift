// The flags that say how text files are to be read.
import ArgumentParser

/// How CSV and TSV files are read.
struct DataFormatOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The character between cells: , ; tab | (default: found out).", valueName: "c"))
  var delimiter: String?

  @Flag(
    name: .customLong("no-header"),
    help: "The first line holds data; columns are named column_0, column_1, ...")
  var hasNoHeader = false
}

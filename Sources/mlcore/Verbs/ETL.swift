// `mlcore etl`: the rows of a query as a folder of Hive partitions in Parquet.
import ArgumentParser
import Connectors
import Extraction
import LearningTasks
import NumericCore

/// Extracts a table from a database.
struct ETL: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "etl",
    abstract: "Extract the rows of a query into a folder of Hive-partitioned Parquet.",
    discussion: """
      A second run replaces partition by partition, and removes partitions that the source no \
      longer has. \
      Memory does not grow with the number of rows. Passwords are read from \
      MLCORE_SOURCE_PASSWORD, \(DataSources.passwords), never from the command line.
      """)

  @Option(help: ArgumentHelp("\(DataSources.forms).", valueName: "uri"))
  var source: String
  @Option(
    help: ArgumentHelp(
      "A file with one SELECT, or classicmodels: ratings with their customers and products.",
      valueName: "query"))
  var query = ExtractQueries.classicModels
  @Option(help: ArgumentHelp("A folder or an s3:// URI.", valueName: "dir"))
  var out: String
  @Option(
    help: ArgumentHelp(
      "The column whose values name the folders (default for classicmodels: customerNumber).",
      valueName: "col"))
  var partitionBy: String?
  @Flag(help: "Replace data files that etl did not write.")
  var force = false
  @OptionGroup var report: ReportOptions

  func run() throws {
    guard let column = partitionBy ?? defaultColumn, !column.isEmpty else {
      throw CommandLineError(
        facts: "no column was given to partition by (--partition-by)",
        advice: "add --partition-by COL, a column of the query", code: .usage)
    }
    guard !out.isEmpty, out != "-" else {
      throw CommandLineError(
        facts: "--out is '\(out)', expected a folder or an s3:// URI",
        advice: "give --out a folder; the partitions are written below it", code: .usage)
    }
    Interruption.leaves("each partition is complete, either new or unchanged")
    let bar = ProgressBar()
    defer { bar.close() }
    let made = try ExtractTask.run(
      ExtractRequest(source: source, query: query, out: out, partitionBy: column, isForced: force),
      // The database does the work; writing keeps up on one thread.
      context: RunContext(
        pool: WorkerPool(threads: 1), isCancelled: { Interruption.isRequested },
        progress: { bar.show($0) }))
    bar.close()
    let removed = made.removed == 0 ? "" : ", \(made.removed.counted("stale file")) removed"
    try report.write(made) {
      "\(made.out): \(made.rows.counted("row")) in \(made.partitions.counted("partition")) by "
        + "\(made.partitionBy)\(removed)\n"
    }
  }

  private var defaultColumn: String? {
    query == ExtractQueries.classicModels ? ExtractQueries.classicModelsPartition : nil
  }
}

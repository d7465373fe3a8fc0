// `mlcore generate churn`: a labelled customer table and the best AUC that is reachable on it.
import ArgumentParser
import LearningTasks
import SampleData
import Tables

/// Makes a labelled customer table.
struct GenerateChurn: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "churn",
    abstract: "Make a labelled customer table whose true probabilities are known.",
    discussion: """
      The column to predict is 'churn', the identifier 'customer_id'. Prints the best AUC that any \
      model can reach. Memory does not grow with the number of rows.
      """)

  @Option(help: ArgumentHelp("The number of rows.", valueName: "n"))
  var rows: Int
  @Option(help: ArgumentHelp("The seed; it decides which customers are drawn.", valueName: "n"))
  var seed: UInt64 = 42
  @Option(help: ArgumentHelp("A .csv file, or - for standard output.", valueName: "file"))
  var out: String
  @Flag(help: "Replace the file if it exists.")
  var force = false
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  private static let mostRows = 999_999_999
  private static let fewestRowsWithBest = 100

  func run() throws {
    try Terminal.requireOutput(for: out)
    try check()
    try OutputPlace.check(files: [out], replaces: force)
    Interruption.unlinkOnForcedExit(Table.temporaryPath(for: out))
    let bar = ProgressBar()
    defer { bar.close() }
    let context = try bar.context(threads)
    context.progress(.phase("generating"))
    let made = try ChurnGenerator(rows: rows, seed: seed).write(to: out, pool: context.pool) {
      written in
      if Interruption.isRequested { throw TaskError.cancelled }
      context.progress(
        .round(RoundProgress(round: written, rounds: rows, validationLoss: nil)))
    }
    bar.close()
    if report.json {
      try Terminal.output.write(try JSONDocument.text(of: made))
      return
    }
    let rate = Double(made.positives) / Double(made.rows)
    var text =
      "\(out): \(made.rows.counted("row")), \(made.positives.grouped) churned (\(rate.percent))\n"
    // Of a handful of rows the best possible metrics are chance.
    if made.rows >= Self.fewestRowsWithBest, let best = made.bestAUC {
      text +=
        "best reachable AUC \(best.fixed(4)), "
        + "best reachable log loss \(made.bestLogLoss.fixed(4))\n"
    }
    // With the table on standard output, words may not be there.
    if out == "-" { Terminal.error.note(text) } else { try Terminal.output.write(text) }
  }

  private func check() throws {
    guard (1...Self.mostRows).contains(rows) else {
      throw CommandLineError(
        facts: "--rows is \(rows), expected a whole number from 1 to \(Self.mostRows)",
        advice: "try --rows 10000", code: .usage)
    }
    guard out == "-" || out.hasSuffix(".csv") else {
      throw CommandLineError(
        facts: "--out is '\(out)', expected a name that ends in .csv, or -",
        advice: "give --out such a name; the table is written as CSV", code: .usage)
    }
    if report.json, out == "-" {
      throw CommandLineError(
        facts: "--json and --out - were both given, and both write to standard output",
        advice: "leave --json out, or write the table to a file", code: .usage)
    }
  }
}

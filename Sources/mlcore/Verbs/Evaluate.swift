// `mlcore evaluate`: how good a model is on a labelled table.
import ArgumentParser
import Tasks

/// Measures a model on a labelled table.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a trained model on a labelled table.")

  @OptionGroup(title: "Input") var source: ModelInputOptions
  @OptionGroup(title: "Profit") var profit: ProfitOptions
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let input = try source.input()
    let terms = try profit.terms()
    let bar = ProgressBar()
    defer { bar.close() }
    let result = try ChurnTask.evaluate(
      model: source.model, input: input, terms: terms, context: try bar.context(threads))
    bar.close()
    if report.json {
      try Terminal.output.write(try JSONDocument.text(of: result))
      return
    }
    let table = MetricTable(terminal: .output)
    try Terminal.output.write(
      """
      model \(result.modelVersion) on \(result.data): \(result.rows.counted("row")), \
      \(result.positives.grouped) positive
      \(table.headline(result.metrics))

      \(table.head)
      \(table.row("gradient boosting", result.metrics))

      \(ReliabilityText.text(result.reliability))
      \(result.profit.map { "\n" + ProfitText.text($0) } ?? "")

      """)
  }
}

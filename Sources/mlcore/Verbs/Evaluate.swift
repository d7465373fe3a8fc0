// `mlcore evaluate`: how good a model is on a labelled table, or on interactions.
import ArgumentParser
import Evaluation
import Tasks

/// Measures a model on a labelled table.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a trained model on a labelled table, or a recommender on interactions.")

  @OptionGroup(title: "Input") var source: ModelInputOptions
  @OptionGroup(title: "Profit") var profit: ProfitOptions
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let input = try source.input()
    let terms = try profit.terms()
    switch ModelTask(folder: source.model) {
    case .churn: try evaluateChurn(input, terms)
    case .recommender:
      guard terms == nil else {
        throw Complaint(
          facts: "--value-of-save was given with the recommender \(source.model)",
          advice: "leave the flags for profit out: they are for churn models", code: .usage)
      }
      try evaluateRecommender(input)
    }
  }

  private func evaluateRecommender(_ input: ChurnInput) throws {
    let bar = ProgressBar()
    defer { bar.close() }
    let result = try RecommenderTask.evaluate(
      model: source.model, data: input.location, delimiter: input.delimiter, header: input.header,
      context: try bar.context(threads))
    bar.close()
    if report.json {
      try Terminal.output.write(try JSONDocument.text(of: result))
      return
    }
    try Terminal.output.write(
      """
      model \(result.modelVersion) on \(result.data): \(result.metrics.users.counted("user")), \
      \(result.interactions.counted("interaction")) that it has not learnt from

      \(RankingTable.lines([(name: "two towers", metrics: result.metrics)]).joined(separator: "\n"))

      """)
  }

  private func evaluateChurn(_ input: ChurnInput, _ terms: ProfitTerms?) throws {
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

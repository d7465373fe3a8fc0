// `mlcore evaluate`: how good a model is on a labelled table, or on interactions.
import ArgumentParser
import Evaluation
import LearningTasks

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
    try evaluate(TaskRegistry.task(of: source.model), on: input, terms)
  }

  private func evaluate<Task: CommandTask>(
    _ task: Task.Type, on input: TableSource, _ terms: ProfitTerms?
  ) throws {
    guard terms == nil || task.takesProfitTerms else {
      throw CommandLineError(
        facts:
          "--value-of-save was given, but \(source.model) is a model of the task '\(task.name)'",
        advice: "leave out the flags for profit: they are for classifiers", code: .usage)
    }
    let bar = ProgressBar()
    defer { bar.close() }
    let result = try task.evaluate(
      model: source.model, on: input, terms: terms, context: try bar.context(threads))
    bar.close()
    try report.write(result) { task.text(result) }
  }
}

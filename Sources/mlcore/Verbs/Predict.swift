// `mlcore predict`: probabilities for the rows of a table.
import ArgumentParser
import LearningTasks
import Tables

/// Predicts the rows of a table.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict the rows of a table with a trained model.",
    discussion: """
      Writes the id columns of training, churn_probability, churn_label and model_version. A model \
      of classification has probability and label in their place, a regression model prediction.
      """)

  @OptionGroup(title: "Input") var source: ModelInputOptions
  @Option(
    help: ArgumentHelp(
      "A .csv, .parquet or .jsonl file, or - for standard output.", valueName: "file"))
  var out: String
  @Flag(help: "Replace the file if it exists.")
  var force = false
  @Option(
    help: ArgumentHelp(
      "Add the k strongest reasons of each row: reason_1, reason_1_effect, ...", valueName: "k"))
  var explain: Int?
  @Option(
    help: ArgumentHelp(
      """
      Add the k strongest interactions of two columns in each row: interaction_1, \
      interaction_1_effect, ...
      """, valueName: "k"))
  var interactions: Int?
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    try Terminal.requireOutput(for: out)
    if report.json, out == "-" {
      throw CommandLineError(
        facts: "--json and --out - were both given, and both write to standard output",
        advice: "leave --json out, or write the predictions to a file", code: .usage)
    }
    // Before the model's folder is looked at, which says what task it is of.
    try Table.requireWritable(out)
    let input = try source.input()
    Interruption.unlinkOnForcedExit(Table.temporaryPath(for: out))
    try predict(TaskRegistry.predictingTask(of: source.model), input)
  }

  private func predict<Task: PredictingCommandTask>(
    _ task: Task.Type, _ input: TableSource
  ) throws {
    let bar = ProgressBar()
    defer { bar.close() }
    let result = try task.predict(
      model: source.model, input: input, explain: explain, interactions: interactions,
      output: out, replaces: force, context: try bar.context(threads))
    bar.close()
    if report.json {
      try Terminal.output.write(try JSONDocument.text(of: result))
      return
    }
    // Words go to stderr: standard output may carry the predictions.
    Terminal.error.note(
      "\(out == "-" ? "standard output" : result.out): \(result.rows.counted("row")), "
        + "\(task.words(result)), model \(result.modelVersion)\n")
  }
}

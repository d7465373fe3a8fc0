// The flags of every form in which a model is exported, and the words about what was written.
import ArgumentParser
import LearningTasks
import Tabular

/// What to export, where to, and on which rows to compare.
struct ExportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var model: String
  @Option(
    help: ArgumentHelp("The file to write; FILE.json beside it describes it.", valueName: "file"))
  var out: String
  @Flag(help: "Replace the files if they exist.")
  var force = false
  @Option(
    help: ArgumentHelp(
      "Compare the predictions on this table (default: rows at the borders of the model's bins).",
      valueName: "data"))
  var data: String?
  @OptionGroup var format: SettingOptions<DataFormatFlags>
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  /// Exports the model and says what was written.
  func export(as form: ModelExportFormat) throws {
    guard !out.isEmpty, out != "-", !out.hasSuffix("/"), !out.contains("://") else {
      throw CommandLineError(
        facts: "--out is '\(out)', expected the name of a local file",
        advice: "give --out a file name; a manifest is written beside it", code: .usage)
    }
    let bar = ProgressBar()
    defer { bar.close() }
    let task = try TaskRegistry.exportingTask(of: model)
    let result = try task.export(
      model: model, as: form, input: try data.map { try format.input(at: $0) }, output: out,
      replaces: force, context: try bar.context(threads))
    bar.close()
    if report.json {
      try Terminal.output.write(try JSONDocument.text(of: result))
      return
    }
    let notes = result.notes.map { "  \($0)\n" }.joined()
    try Terminal.output.write(
      """
      \(result.out): \(result.size.grouped) bytes, model \(result.modelVersion)
      largest difference of \(task.predictions) \(result.maxDifference) on \
      \(result.checkedRows.counted("row")) (\(result.checkedOn))
      \(notes)
      """)
  }
}

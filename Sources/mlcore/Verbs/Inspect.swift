// `mlcore inspect`: what a model folder holds, after every byte of it was checked.
import ArgumentParser
import Tasks

/// Shows a model folder.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Check a model folder and show what it holds.")

  @Argument(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var folder: String
  @OptionGroup var report: ReportOptions

  func run() throws {
    let found = try ChurnTask.inspect(folder: folder)
    if report.json {
      try Terminal.output.write(try JSONDocument.text(of: found))
      return
    }
    let table = MetricTable(terminal: .output)
    let files = found.files.map {
      "  \($0.name.padded(28)) \($0.size.grouped.leftPadded(12)) bytes"
    }
    let parameters = found.parameters.sorted { $0.key < $1.key }
      .map { "  \($0.key.padded(34)) \($0.value)" }
    let text = [
      "\(Terminal.output.bold("churn model")) \(found.modelVersion), by mlcore \(found.mlcoreVersion)",
      "  predicts '\(found.target)' = '\(found.positive)' from "
        + "\(found.importances.count.counted("column")), trained on \(found.rows.counted("row"))",
      "  \(found.model.numTrees.counted("tree")) of \(found.model.numLeavesMean.fixed(1)) leaves "
        + "on average",
      "", table.headline(found.metrics), "  measured \(found.judgedOn)", "", table.head,
      table.row("gradient boosting", found.metrics),
      table.row("logistic regression", found.baselines.logistic),
      table.row("prior", found.baselines.prior), "", FeatureBars.title,
      FeatureBars.text(found.importances), "", "settings", parameters.joined(separator: "\n"), "",
      "files, all as manifest.json lists them", files.joined(separator: "\n"), "",
    ]
    try Terminal.output.write(text.joined(separator: "\n"))
  }
}

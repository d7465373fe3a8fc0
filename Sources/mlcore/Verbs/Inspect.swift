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
    if try RecommenderTask.isRecommender(folder: folder) {
      let found = try RecommenderTask.inspect(folder: folder)
      try Terminal.output.write(report.json ? try JSONDocument.text(of: found) : text(found))
    } else {
      let found = try ChurnTask.inspect(folder: folder)
      try Terminal.output.write(report.json ? try JSONDocument.text(of: found) : text(found))
    }
  }

  private func text(_ found: ChurnInspection) -> String {
    let table = MetricTable(terminal: .output)
    return
      ([
        "\(Terminal.output.bold("churn model")) \(found.modelVersion), by mlcore "
          + found.mlcoreVersion,
        "  predicts '\(found.target)' = '\(found.positive)' from "
          + "\(found.importances.count.counted("column")), trained on \(found.rows.counted("row"))",
        "  \(found.model.numTrees.counted("tree")) of \(found.model.numLeavesMean.fixed(1)) leaves "
          + "on average",
        "", table.headline(found.metrics), "  measured \(found.judgedOn)", "", table.head,
        table.row("gradient boosting", found.metrics),
        table.row("logistic regression", found.baselines.logistic),
        table.row("prior", found.baselines.prior), "", FeatureBars.title,
        FeatureBars.text(found.importances), "",
      ] + ColumnKindText.lines(found.columnKinds) + lists(found.parameters, found.files))
      .joined(separator: "\n")
  }

  private func text(_ found: RecommenderInspection) -> String {
    let model = found.model
    return
      ([
        "\(Terminal.output.bold("recommender")) \(found.modelVersion), by mlcore "
          + found.mlcoreVersion,
        "  \(found.users.counted("user")), \(found.items.counted("item")), "
          + found.interactions.counted("interaction"),
        "  \(model.preset) preset, \(model.dimension) wide, "
          + "\(model.parameters.counted("parameter")), \(found.epochs.counted("epoch"))",
        "", "  measured \(found.judgedOn), all items ranked",
      ] + RankingTable.lines(found.metrics, found.baselines)
      + lists(found.parameters, found.files)).joined(separator: "\n")
  }

  /// The settings and files, which every folder has.
  private func lists(_ parameters: [String: String], _ files: [ChurnInspection.File]) -> [String] {
    ["", "settings"]
      + parameters.sorted { $0.key < $1.key }.map { "  \($0.key.padded(34)) \($0.value)" }
      + ["", "files, all as manifest.json lists them"]
      + files.map { "  \($0.name.padded(32)) \($0.size.grouped.leftPadded(12)) bytes" } + [""]
  }
}

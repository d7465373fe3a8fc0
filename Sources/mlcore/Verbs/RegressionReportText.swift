// Regression models in words for people.
import Tasks

extension RegressionTask: CommandTask {
  static func measure(_ report: TuningReport<RegressionTask>) -> SearchedMeasure {
    let metric = RegressionSearchConfiguration.Metric(rawValue: report.metric) ?? .rmse
    let name =
      switch metric {
      case .rmse: "RMSE"
      case .mae: "MAE"
      case .meanPoissonDeviance: "Poisson deviance"
      }
    return SearchedMeasure(name: name, test: report.test.metrics[metric])
  }

  static func text(_ report: TrainingReport<RegressionTask>, for terminal: Terminal) -> String {
    let table = ScoreTable(terminal: terminal)
    let model = report.model
    var lines =
      [
        "\(terminal.bold("regression model")) from \(report.data)",
        "  \(report.rows.counted("row")), \(report.columns.counted("feature"))", "",
        table.headline(report.metrics), terminal.dim("  measured \(report.judgedOn)"), "",
        table.head,
      ] + table.rows(report.metrics, report.baselines)
    for (index, fold) in report.folds.enumerated() {
      lines.append(table.row("  fold \(index + 1)", fold))
    }
    lines += ["", FeatureBars.title(score), FeatureBars.text(report.importances), ""]
    lines += ColumnKindText.lines(report.columnKinds, most: 100)
    lines += [
      "",
      "\(report.out): \(model.numTrees.counted("tree")) of \(model.numLeavesMean.fixed(1)) leaves "
        + "on average, in \(report.timings.total.fixed(1)) s on "
        + report.threads.counted("thread"),
      "next: \(Terminal.command) predict --model \(report.out.shellQuoted) --data "
        + "\(report.data.shellQuoted) --out predictions.csv",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  static func lines(_ found: Inspection<RegressionTask>) -> [String] {
    let table = ScoreTable(terminal: .output)
    return [
      "\(Terminal.output.bold("regression model")) \(found.modelVersion), by mlcore "
        + found.mlcoreVersion,
      "  predicts '\(found.target)' by the loss \(found.loss.rawValue) from "
        + "\(found.importances.count.counted("column")), trained on \(found.rows.counted("row"))",
      "  \(found.model.numTrees.counted("tree")) of \(found.model.numLeavesMean.fixed(1)) leaves "
        + "on average",
      "", table.headline(found.metrics), "  measured \(found.judgedOn)", "", table.head,
    ] + table.rows(found.metrics, found.baselines)
      + ["", FeatureBars.title(score), FeatureBars.text(found.importances), ""]
      + ColumnKindText.lines(found.columnKinds)
  }

  static func text(_ found: EvaluationReport<RegressionTask>) -> String {
    let table = ScoreTable(terminal: .output)
    return """
      model \(found.modelVersion) on \(found.data): \(found.rows.counted("row"))
      \(table.headline(found.metrics))

      \(table.head)
      \(table.row("gradient boosting", found.metrics))

      """
  }

  /// What effects are on.
  private static let score = "raw score"
}

extension RegressionTask: PredictingCommandTask {
  static func words(_ report: PredictionReport<RegressionTask>) -> String {
    "mean prediction \(report.meanPrediction.fixed(4))"
  }
}

/// Lays the metrics of predicted numbers out in columns.
private struct ScoreTable {
  let terminal: Terminal

  func headline(_ scores: RegressionScores) -> String {
    let interval = scores.rmseInterval.map {
      "  (95 % interval \($0[0].fixed(4)) to \($0[1].fixed(4)))"
    }
    return terminal.bold("RMSE \(scores.rmse.fixed(4))\(interval ?? "")")
      + "  R2 \(words(scores.r2))"
  }

  var head: String {
    let names = ["RMSE", "MAE", "R2", "Poisson deviance"]
    return "  " + "".padded(20) + names.map { $0.leftPadded(18) }.joined()
  }

  func row(_ name: String, _ scores: RegressionScores) -> String {
    let values = [scores.rmse, scores.mae, scores.r2, scores.meanPoissonDeviance]
    return "  " + name.padded(20) + values.map { words($0).leftPadded(18) }.joined()
  }

  func rows(
    _ scores: RegressionScores, _ baselines: RegressionSummary.Baselines
  ) -> [String] {
    [row("gradient boosting", scores), row("mean", baselines.mean)]
      + (baselines.median.map { [row("median", $0)] } ?? [])
  }

  private func words(_ number: Double?) -> String { number?.fixed(4) ?? "-" }
}

// Churn models in words for people.
import Evaluation
import Tasks

extension ChurnTask: CommandTask {
  static let takesProfitTerms = true

  static func text(_ report: ClassifierReport, for terminal: Terminal) -> String {
    ClassifierReportText(report: report, terminal: terminal).text
  }

  static func measure(_ report: TuningReport<ChurnTask>) -> SearchedMeasure {
    let test = report.test.metrics
    return report.metric == "auc"
      ? SearchedMeasure(name: "AUC", test: test.auc)
      : SearchedMeasure(name: "log loss", test: test.logLoss)
  }

  static func lines(_ found: Inspection<ChurnTask>) -> [String] {
    let table = MetricTable(terminal: .output)
    return [
      "\(Terminal.output.bold("churn model")) \(found.modelVersion), by mlcore "
        + found.mlcoreVersion,
      "  predicts '\(found.target)' = '\(found.positive)' from "
        + "\(found.importances.count.counted("column")), trained on \(found.rows.counted("row"))",
      "  \(found.model.numTrees.counted("tree")) of \(found.model.numLeavesMean.fixed(1)) leaves "
        + "on average",
      "", table.headline(found.metrics), "  measured \(found.judgedOn)", "", table.head,
    ] + table.rows(found.metrics, found.baselines)
      + ["", FeatureBars.title("log-odds"), FeatureBars.text(found.importances), ""]
      + ColumnKindText.lines(found.columnKinds)
  }

  static func text(_ found: EvaluationReport<ChurnTask>) -> String {
    let table = MetricTable(terminal: .output)
    return """
      model \(found.modelVersion) on \(found.data): \(found.rows.counted("row")), \
      \(found.positives.grouped) positive
      \(table.headline(found.metrics))

      \(table.head)
      \(table.row("gradient boosting", found.metrics))

      \(ReliabilityText.text(found.reliability))
      \(found.profit.map { "\n" + ProfitText.text($0) } ?? "")

      """
  }
}

extension ChurnTask: PredictingCommandTask {
  static func words(_ report: PredictionReport<ChurnTask>) -> String {
    let rate = Double(report.positives) / Double(max(1, report.rows))
    return "\(report.positives.grouped) labelled as churning (\(rate.percent)), mean probability "
      + report.meanProbability.fixed(4)
  }
}

/// Lays a churn report out in lines.
struct ClassifierReportText {
  let report: ClassifierReport
  let terminal: Terminal

  /// The whole report.
  var text: String {
    ([summary, judgement, reliability, features, columns] + dropped + [places])
      .joined(separator: "\n\n") + "\n"
  }

  private var summary: String {
    let share = Double(report.positives) / Double(max(1, report.rows))
    return """
      \(terminal.bold("churn model")) from \(report.data)
        \(report.rows.counted("row")), \(report.columns.counted("feature")), \
      \(report.positives.grouped) '\(report.details.positive)' (\(share.percent); the positive \
      class \(report.details.positiveReason))
      """
  }

  private var judgement: String {
    let table = MetricTable(terminal: terminal)
    var lines =
      [
        table.headline(report.metrics), terminal.dim("  measured \(report.judgedOn)"), "",
        table.head,
      ] + table.rows(report.metrics, report.baselines)
    for (index, fold) in report.folds.enumerated() {
      lines.append(table.row("  fold \(index + 1)", fold))
    }
    return lines.joined(separator: "\n")
  }

  private var reliability: String { ReliabilityText.text(report.reliability) }

  private var features: String {
    FeatureBars.title("log-odds") + "\n" + FeatureBars.text(report.importances)
  }

  /// The columns that were read, but not those of the next list.
  private var columns: String {
    ColumnKindText.lines(report.columnKinds.filter { $0.role != .dropped }, most: 100)
      .joined(separator: "\n")
  }

  private var dropped: [String] {
    let columns = report.details.dropped.map { "  \($0.name.oneLine): \($0.reason)" }
    return columns.isEmpty ? [] : ["left out\n" + columns.joined(separator: "\n")]
  }

  private var calibration: String {
    switch report.model.calibration {
    case .none: ""
    case .platt: ", calibrated by Platt's curve"
    case .isotonic: ", calibrated by isotonic regression"
    }
  }

  private var continued: String {
    report.model.continuedTrees.map { " (\($0.grouped) of the model continued from)" } ?? ""
  }

  private var places: String {
    let model = report.model
    return """
      \(report.out): \(model.numTrees.counted("tree"))\(continued) of \(model.numLeavesMean.fixed(1)) leaves \
      on average\(calibration), in \(report.timings.total.fixed(1)) s on \
      \(report.threads.counted("thread"))
      next: \(Terminal.command) predict --model \(report.out.shellQuoted) --data \
      \(report.data.shellQuoted) --out predictions.csv
      """
  }
}

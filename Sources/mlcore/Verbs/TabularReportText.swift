// Models of trees over a labelled table in words for people.
import ArgumentParser
import Evaluation
import LearningTasks
import Tabular

extension TabularTask: CommandTask where Problem: TabularWords {
  static var trainCommand: any ParsableCommand.Type { TrainTable<Problem>.self }
  static var tuneCommand: any ParsableCommand.Type { TuneTable<Problem>.self }
  static var takesProfitTerms: Bool { Problem.takesProfitTerms }

  static func measure(_ report: TuningReport<Self>) -> SearchedMeasure {
    guard let metric = Problem.Metric(rawValue: report.metric) else {
      preconditionFailure("there is no metric \(report.metric)")
    }
    return SearchedMeasure(
      name: Problem.name(of: metric), test: metric.value(of: report.test.metrics))
  }

  static func text(_ report: TrainingReport<Self>, for terminal: Terminal) -> String {
    text(report, by: nil, for: terminal)
  }

  /// The report of a training that minimised a metric; nil where it is not known.
  static func text(
    _ report: TrainingReport<Self>, by metric: Problem.Metric?, for terminal: Terminal
  ) -> String {
    let table = ScoreTable<Problem>(terminal: terminal)
    let (summary, dropped) = (report.summary.first, report.details.dropped)
    var paragraphs = [
      "\(terminal.bold(Problem.noun)) from \(report.data)\n"
        + "  \(summary.rows.counted("row")), \(summary.columns.counted("feature"))"
        + Problem.counts(report),
      ([
        Problem.headline(summary.metrics, by: metric, for: terminal),
        terminal.dim("  measured \(report.judgedOn)"), "",
      ] + table.lines(summary.metrics, summary.baselines)
        + summary.folds.enumerated().map { table.row("  fold \($0 + 1)", $1) })
        .joined(separator: "\n"),
    ]
    paragraphs += Problem.paragraphs(report.summary.second)
    // The columns that were read, but not those of the next list.
    let columns = report.details.columnKinds.filter { $0.role != .dropped }
    paragraphs += [
      FeatureBars.lines(summary.importances, on: Problem.effectScale).joined(separator: "\n"),
      ColumnKindText.lines(columns, most: 100).joined(separator: "\n"),
    ]
    if !dropped.isEmpty {
      let lines = dropped.map { "  \($0.name.oneLine): \($0.reason)" }
      paragraphs.append((["left out"] + lines).joined(separator: "\n"))
    }
    paragraphs.append(
      """
      \(report.out): \(words(summary.model)), in \(report.timings.total.fixed(1)) s on \
      \(report.threads.counted("thread"))
      next: \(Terminal.command) predict --model \(report.out.shellQuoted) --data \
      \(report.data.shellQuoted) --out predictions.csv
      """)
    return paragraphs.joined(separator: "\n\n") + "\n"
  }

  private static func words(_ model: TreesSize) -> String {
    let continued =
      model.continuedTrees.map { " (\($0.grouped) of the model continued from)" } ?? ""
    let calibration =
      switch model.calibration {
      case .platt: ", calibrated by Platt's curve"
      case .isotonic: ", calibrated by isotonic regression"
      case Calibration.Method.none?, nil: ""
      }
    return "\(model.numTrees.counted("tree"))\(continued) of \(model.numLeavesMean.fixed(1)) "
      + "leaves on average\(calibration)"
  }

  static func lines(_ found: Inspection<Self>) -> [String] {
    let description = found.first.first
    return [
      "\(Terminal.output.bold(Problem.noun)) \(found.modelVersion), by mlcore "
        + found.mlcoreVersion,
      "  predicts \(Problem.subject(found)) from "
        + "\(description.importances.count.counted("column")), trained on "
        + description.rows.counted("row"),
      "  \(description.model.numTrees.counted("tree")) of "
        + "\(description.model.numLeavesMean.fixed(1)) leaves on average",
      "", Problem.headline(description.metrics, by: Problem.metric(found), for: .output),
      "  measured \(found.judgedOn)", "",
    ]
      + ScoreTable<Problem>(terminal: .output)
      .lines(description.metrics, description.baselines) + [""]
      + FeatureBars.lines(description.importances, on: Problem.effectScale) + [""]
      + ColumnKindText.lines(description.columnKinds)
  }

  static func text(_ found: EvaluationReport<Self>) -> String {
    let table = ScoreTable<Problem>(terminal: .output)
    let (measures, extras) = (found.first.first, found.first.second)
    return """
      model \(found.modelVersion) on \(found.data): \(measures.rows.counted("row"))\
      \(Problem.counts(extras))
      \(Problem.headline(measures.metrics, by: nil, for: .output))

      \(table.head)
      \(table.row("gradient boosting", measures.metrics))\(Problem.lines(extras))

      """
  }
}

extension TabularTask: PredictingCommandTask where Problem: TabularWords {
  static func words(_ report: PredictionReport<Self>) -> String { Problem.words(report) }
}

extension TabularTask: ExportingCommandTask where Problem: TabularWords {
  static var predictions: String { Problem.predictions }
}

/// Lays scores out in columns.
private struct ScoreTable<Problem: TabularWords> {
  let terminal: Terminal

  /// The heads of the columns.
  var head: String {
    "  " + "".padded(20) + Problem.scoreColumns.map { $0.name.leftPadded($0.width) }.joined()
  }

  /// A line of scores.
  func row(_ name: String, _ scores: Problem.Scores) -> String {
    "  " + name.padded(20)
      + zip(Problem.cells(scores), Problem.scoreColumns).map { $0.leftPadded($1.width) }.joined()
  }

  /// A head, and the lines of a model and of simpler ones.
  func lines(_ scores: Problem.Scores, _ baselines: Problem.Baselines) -> [String] {
    [head, row("gradient boosting", scores)]
      + Problem.lines(baselines).map { row($0.name, $0.scores) }
  }
}

/// Draws the strongest features.
private enum FeatureBars {
  private static let cells = 24

  /// A head, and the ten features with the largest share, one per line.
  ///
  /// - Parameter scale: what effects are on.
  static func lines(_ importances: [ReportedImportance], on scale: String) -> [String] {
    let head = "strongest features (share of gain; mean effect on the \(scale))"
    let strongest = importances.prefix(10).filter { $0.share > 0 }
    guard let most = strongest.first?.share else {
      return [head, "  none: no split improved the loss"]
    }
    let width = strongest.map(\.feature.oneLine.count).max() ?? 0
    return [head]
      + strongest.map { importance in
        let length = max(1, Int((Double(cells) * importance.share / most).rounded()))
        let bar = String(repeating: "█", count: length).padded(cells)
        return "  \(importance.feature.oneLine.padded(width))  \(bar)"
          + "  \(importance.share.percent.leftPadded(7))"
          + "  ±\(importance.meanAbsoluteContribution.fixed(3))"
      }
  }
}

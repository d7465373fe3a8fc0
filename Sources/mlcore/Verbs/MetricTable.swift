// Metrics side by side, and features as bars: the parts that several reports share.
import Evaluation
import Tasks

/// Lays metrics out in columns.
struct MetricTable {
  let terminal: Terminal

  /// The most important numbers in one line.
  func headline(_ metrics: ClassifierMetrics) -> String {
    var auc = "AUC \(metrics.auc.fixed(4))"
    if let interval = metrics.aucInterval, interval.count == 2 {
      auc += "  (95 % interval \(interval[0].fixed(4)) to \(interval[1].fixed(4)))"
    } else {
      auc += "  (no interval: resampling these rows always gives the same AUC)"
    }
    return "\(terminal.bold(auc))  log loss \(metrics.logLoss.fixed(4))"
  }

  /// The heads of the columns.
  var head: String {
    let names = ["AUC", "log loss", "PR AUC", "Brier", "ECE", "lift@10%"]
    return "  " + "".padded(20) + names.map { $0.leftPadded(10) }.joined()
  }

  /// A line of metrics.
  func row(_ name: String, _ metrics: ClassifierMetrics) -> String {
    let values = [metrics.auc, metrics.logLoss, metrics.prAUC, metrics.brier, metrics.ece]
    return "  " + name.padded(20) + values.map { $0.fixed(4).leftPadded(10) }.joined()
      + metrics.liftAt10.fixed(2).leftPadded(10)
  }

  /// The lines of a model and of simpler ones.
  func rows(_ metrics: ClassifierMetrics, _ baselines: ClassifierSummary.Baselines) -> [String] {
    [
      row("gradient boosting", metrics), row("logistic regression", baselines.logistic),
      row("prior", baselines.prior),
    ]
  }
}

/// Lays out how far probabilities can be taken at their word.
enum ReliabilityText {
  /// The bins that hold rows, one per line, below a head.
  static func text(_ bins: [ReliabilityTable.Bin]) -> String {
    let head =
      "reliability\n  " + "probability".padded(16) + "rows".leftPadded(10)
      + "predicted".leftPadded(12) + "happened".leftPadded(12)
    let lines = bins.filter { $0.count > 0 }.map { bin in
      "  " + "\(bin.lower.fixed(1)) to \(bin.upper.fixed(1))".padded(16)
        + bin.count.grouped.leftPadded(10)
        + (bin.meanPrediction?.fixed(4) ?? "").leftPadded(12)
        + (bin.observedRate?.fixed(4) ?? "").leftPadded(12)
    }
    return ([head] + lines).joined(separator: "\n")
  }
}

/// Draws the strongest features.
enum FeatureBars {
  /// What the columns are.
  ///
  /// - Parameter score: what effects are on.
  static func title(_ score: String) -> String {
    "strongest features (share of gain; mean effect on the \(score))"
  }
  private static let cells = 24

  /// The ten features with the largest share, one per line.
  static func text(_ importances: [ReportedImportance]) -> String {
    let strongest = importances.prefix(10).filter { $0.share > 0 }
    guard let most = strongest.first?.share else { return "  none: no split improved the loss" }
    let width = strongest.map(\.feature.oneLine.count).max() ?? 0
    return strongest.map { importance in
      let length = max(1, Int((Double(cells) * importance.share / most).rounded()))
      let bar = String(repeating: "█", count: length).padded(cells)
      return "  \(importance.feature.oneLine.padded(width))  \(bar)"
        + "  \(importance.share.percent.leftPadded(7))"
        + "  ±\(importance.meanAbsoluteContribution.fixed(3))"
    }.joined(separator: "\n")
  }
}

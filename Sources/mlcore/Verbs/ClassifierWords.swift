// Classifiers in words for people.
import Classification
import Evaluation
import LearningTasks
import Tabular

/// A kind of binary classification in words for people.
protocol ClassifierWords: ClassifierPreset {
  /// What its models are called.
  static var noun: String { get }
  /// What is trained, and on which table.
  static var training: String { get }
  /// What its models are called where hyperparameters are searched.
  static var classifier: String { get }
  /// How a row is labelled whose class is positive.
  static var positiveLabel: String { get }
}

extension ChurnPreset: ClassifierWords {
  static let noun = "churn model"
  static let training = "a churn classifier on a labelled customer table"
  static let classifier = "a churn classifier"
  static let positiveLabel = "labelled as churning"
}

extension BinaryPreset: ClassifierWords {
  static let noun = "classifier"
  static let training = "a classifier of two classes on a labelled table"
  static let classifier = "a classifier of two classes"
  static let positiveLabel = "of the positive class"
}

extension Classification: TabularWords where Preset: ClassifierWords {
  static var noun: String { Preset.noun }
  static var trainAbstract: String { "Train \(Preset.training)." }
  static var tuneAbstract: String { "Search the hyperparameters of \(Preset.classifier)." }
  static var metricChoice: String { "auc or log_loss (default: auc)" }
  static var effectScale: String { "log-odds" }
  static var predictions: String { "probabilities" }
  static var takesProfitTerms: Bool { true }

  static func name(of metric: ClassifierSearchMetric) -> String {
    metric == .auc ? "AUC" : "log loss"
  }

  static func headline(
    _ scores: ClassifierMetrics, by metric: ClassifierSearchMetric?, for terminal: Terminal
  ) -> String {
    var auc = "AUC \(scores.auc.fixed(4))"
    if let interval = scores.interval, interval.count == 2 {
      auc += "  (95 % interval \(interval[0].fixed(4)) to \(interval[1].fixed(4)))"
    } else {
      auc += "  (no interval: resampling these rows always gives the same AUC)"
    }
    return "\(terminal.bold(auc))  log loss \(scores.logLoss.fixed(4))"
  }

  static var scoreColumns: [(name: String, width: Int)] {
    ["AUC", "log loss", "PR AUC", "Brier", "ECE", "lift@10%"].map { ($0, 10) }
  }

  static func cells(_ scores: ClassifierMetrics) -> [String] {
    [scores.auc, scores.logLoss, scores.prAUC, scores.brier, scores.ece].map { $0.fixed(4) }
      + [scores.liftAt10.fixed(2)]
  }

  static func lines(
    _ baselines: ClassifierBaselines
  ) -> [(name: String, scores: ClassifierMetrics)] {
    [("logistic regression", baselines.logistic), ("prior", baselines.prior)]
  }

  static func counts(_ report: TrainingReport<TabularTask<Self>>) -> String {
    let (positives, target) = (report.positives, report.details.target)
    let share = Double(positives) / Double(max(1, report.rows))
    return ", \(positives.grouped) '\(target.positive)' (\(share.percent); the positive class "
      + "\(target.reason))"
  }

  static func paragraphs(_ findings: ClassFindings) -> [String] {
    [reliability(findings.reliability)]
  }

  static func subject(_ found: Inspection<TabularTask<Self>>) -> String {
    "'\(found.target)' = '\(found.positive)'"
  }

  static func counts(_ extras: ClassMeasures) -> String {
    ", \(extras.positives.grouped) positive"
  }

  static func lines(_ extras: ClassMeasures) -> String {
    "\n\n\(reliability(extras.reliability))\n"
      + (extras.profit.map { "\n" + ProfitText.text($0) } ?? "")
  }

  static func words(_ report: PredictionReport<TabularTask<Self>>) -> String {
    let rate = Double(report.positives) / Double(max(1, report.rows))
    return "\(report.positives.grouped) \(Preset.positiveLabel) (\(rate.percent)), mean "
      + "probability \(report.meanProbability.fixed(4))"
  }

  /// How far probabilities can be taken at their word: the bins that hold rows, one per line, below
  /// a head.
  private static func reliability(_ bins: [ReliabilityTable.Bin]) -> String {
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

// The keys of pipeline.toml for a loop over churn tables.
import Configuration
import Pipeline
import Tasks

extension LoopSettings {
  /// The keys of churn models; the table and the model to continue are the loop's own business.
  static let churnSettings: [Setting<LoopSettings>] =
    taken(
      \.churn.churn, "seed", "data.", "calibration.", "boosting.",
      leaving: ["data.path", "boosting.continue_from"])
    + [
      Setting(
        "train.continue", \.churn.continues, .flag,
        "Whether the champion's trees are kept and others added, instead of training anew"),
      Setting(
        "train.trials", \.churn.trials, .integer(SearchRules.trialCounts, or: 0),
        "Trials of a search for hyperparameters before each training; 0 for none"),
      Setting(
        "train.holdout", \.churn.holdout, .share,
        "The share of rows that no model learns from: both are judged on them"),
      Setting(
        "train.holdout_rows", \.churn.holdoutRows, heldRows,
        "How many of those are judged on: the newest ones"),
      Setting(
        "gate.margin", \.churn.gate.margin, part,
        "By how much the AUC may surely not be lower than the champion's"),
      Setting(
        "gate.calibration", \.churn.gate.calibration, part,
        "The rise of the Brier score (relative) and of the calibration error that is allowed"),
      Setting(
        "gate.segment", \.churn.gate.segment, part,
        "How much AUC a group of customers may lose"),
      Setting(
        "gate.segment_rows", \.churn.gate.segmentRows, .integer(20...Int.max),
        "Rows below which a group is not looked at"),
      Setting(
        "gate.scores", \.churn.gate.scores, stability,
        "The stability index of scores between champion and challenger"),
      Setting(
        "gate.leak", \.churn.gate.leak, .number(.closed(0.5, 1)),
        "The AUC above which a feature is taken to know the answer"),
      Setting(
        "gate.min_rows", \.churn.gate.minRows, .integer(2...Int.max),
        "Rows of the holdout below which nothing is promoted"),
      Setting(
        "checks.missing", \.churn.checks.missing, somePart,
        "The share of cells that may be missing more than in the champion's data"),
      Setting(
        "checks.unseen", \.churn.checks.unseen, somePart,
        "The share of cells that may have categories new to the champion"),
      Setting(
        "checks.outside", \.churn.checks.outside, somePart,
        "The share of numbers that may lie far outside the champion's range"),
      Setting(
        "checks.psi", \.churn.checks.psi, stability,
        "The stability index above which a column has drifted; more in small files"),
      Setting(
        "checks.refuse_drift", \.churn.checks.refusesDrift, .flag,
        "Whether files with drifted columns go to quarantine; else it is noted"),
      Setting(
        "checks.labels", \.churn.checks.labels, somePart,
        "How far the champion's AUC may fall on new labels; 0.5 and more: they are not doubted"),
    ]

  /// Checks what keys cannot check alone.
  ///
  /// - Parameter file: where the settings come from.
  /// - Throws: `ConfigurationError`, `CommandLineError`.
  func validateChurn(file: String) throws {
    var complete = churn.churn
    complete.data.path = "inbox"
    // A new home may leave it to be set in the file.
    if complete.data.target.isEmpty { complete.data.target = "target" }
    try complete.validate()
    guard churn.trials > 0 else { return }
    guard !churn.continues else {
      throw CommandLineError(
        facts: "\(file): train.trials is \(churn.trials) and train.continue is true, expected one "
          + "of them",
        advice: "a model that goes on keeps its hyperparameters: set train.trials to 0, or "
          + "train.continue to false", code: .usage)
    }
    var search = ChurnSearchConfiguration()
    search.training = complete
    search.trials = churn.trials
    try search.validate()
  }
}

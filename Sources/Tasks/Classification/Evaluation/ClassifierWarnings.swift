// What makes the numbers of a churn model doubtful besides its table: a model that it went on from, and
// features that know too much. Warnings for people; nothing that is written depends on them.
import Storage

/// Doubts about a classifier or its metrics, one line each.
enum ClassifierWarnings {
  /// The doubts about tables to judge on or to calibrate on: that the model continued from was
  /// trained on them.
  static func learntBefore(
    judged: [Manifest.Input], calibrated: Manifest.Input?, by model: InitialModel
  ) -> [String] {
    func isLearnt(_ table: Manifest.Input) -> Bool {
      model.learnt.contains { $0.fingerprint == table.fingerprint }
    }
    return judged.filter(isLearnt).map {
      "the model continued from has learnt from the rows of \($0.name): the metrics are too good"
    }
      + [calibrated].compactMap(\.self).filter(isLearnt).map {
        "the model continued from has learnt from the rows of \($0.name), on which calibration is "
          + "fitted: probabilities are too close to 0 and 1"
      }
  }

  /// The doubt that a feature is only known after the event.
  ///
  /// - Parameters:
  ///   - auc: measured on rows that were not learnt from.
  ///   - importances: the features, strongest first.
  static func leak(auc: Double, importances: [ReportedImportance]) -> [String] {
    guard let strongest = importances.first, strongest.gain > 0,
      auc > 0.99 || (auc > 0.95 && strongest.share > 0.8)
    else { return [] }
    return [
      "the AUC is suspiciously high: check whether '\(strongest.feature)', the strongest feature, "
        + "is known before the event, else leave it out with --drop"
    ]
  }
}

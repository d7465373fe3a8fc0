// What makes the numbers of a classifier doubtful besides its table: features that know too much.
// Warnings for people; nothing that is written depends on them.

/// Doubts about a classifier or its metrics, one line each.
enum ClassifierWarnings {
  /// The doubt about a positive class of numbers that was chosen by its frequency alone.
  static func guess(_ target: ClassTarget, _ preset: any ClassifierPreset.Type) -> String {
    "the classes of '\(target.column)' are the numbers \(target.negative) and "
      + "\(target.positive); \(target.positive), the rarer one, is taken for \(preset.task): give "
      + "--positive to say which"
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

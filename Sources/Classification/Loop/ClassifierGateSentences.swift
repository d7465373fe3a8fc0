// What the gate of classifiers checks, in words.
import LearningTasks
import Tabular

extension GateSubject {
  static let lowestAUC = GateSubject("auc_lower", "AUC less four standard errors") { "above \($0)" }
  static let logLoss = GateSubject("log_loss", "log loss") { "below the prior's \($0.short)" }
  static let leak = GateSubject("auc_leak", "AUC that the data give away") {
    "at most \($0), or a feature knows the answer"
  }
  static let calibrationSlope = GateSubject("calibration_slope", "calibration slope") { _ in
    "from 0.8 to 1.25 within two standard errors"
  }

  /// Beside the AUC of the logistic regression.
  static func auc(logistic: Double) -> GateSubject {
    GateSubject("auc", "AUC") { _ in "about the logistic regression's \(logistic.short) or more" }
  }

  // MARK: - Beside the champion

  static let aucDifference = GateSubject(
    "auc_difference_lower", "lower end of the AUC difference"
  ) { "above \($0)" }
  static let logLossDifference = GateSubject(
    "log_loss_difference_lower", "lower end of the log loss difference"
  ) { "at most \($0.whole)" }
  static let brierDifference = GateSubject("brier_difference", "Brier score difference") {
    "at most \($0.short)"
  }
  static let calibrationDifference = GateSubject(
    "calibration_difference", "calibration error difference"
  ) { "at most \($0)" }
  static let labelCost = GateSubject("label_cost", "AUC that the new labels cost") {
    "at most \($0.short): \(LabelCost.allowedAUC) beyond chance, or half of what they cost the champion"
  }

  // MARK: - Beside a champion that has fallen

  static let betterThanFallen = GateSubject(
    "log_loss_difference_upper", "upper end of the log loss difference"
  ) { "below \($0.whole), or the lower end of the AUC difference above 0" }
  static let lowestNewAUC = GateSubject(
    "new_auc_lower", "AUC on the new rows less four standard errors"
  ) { "above \($0)" }

  // MARK: - Of a group of customers

  static func surprise(_ group: RowGroupName) -> GateSubject {
    GateSubject("group_surprise", "surprise by the share of churners \(group.words)") {
      "at most \($0) beyond chance"
    }
  }

  static func championAUC(_ group: RowGroupName) -> GateSubject {
    GateSubject("group_champion_auc", "champion's AUC on the new rows \(group.words)") {
      "not below \($0) by four standard errors"
    }
  }

  static func segment(_ group: RowGroupName) -> GateSubject {
    GateSubject("group_auc_difference", "AUC difference \(group.words)") { "at least \($0)" }
  }
}

extension LabelCost {
  /// The AUC that new labels may cost without being taken for noise.
  static let allowedAUC = 0.02
}

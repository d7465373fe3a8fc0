// What the gate of churn models checks, in words.

/// A check of a churn model.
enum ChurnGateSubject: GateSubject {
  /// A group of customers by a category.
  struct Group {
    var column: String
    var level: String

    var words: String { "where \(column) is '\(level)'" }
  }

  case holdoutRows, lowestAUC, logLoss, leak, calibrationSlope
  /// Beside the AUC of the logistic regression.
  case auc(logistic: Double)
  case aucDifference, logLossDifference
  /// That a challenger is better than a champion that has fallen, and good by itself.
  case betterThanFallen, lowestNewAUC
  case brierDifference, calibrationDifference, scoreStability
  case labelCost
  case surprise(Group)
  case championAUC(Group)
  case segment(Group)

  func words(bound: Double) -> (id: String, name: String, expected: String) {
    let (short, whole) = (LoopNumber.short(bound), LoopNumber.whole(bound))
    return switch self {
    case .holdoutRows: ("holdout_rows", "holdout rows", "at least \(whole)")
    case .lowestAUC: ("auc_lower", "AUC less four standard errors", "above \(bound)")
    case .logLoss: ("log_loss", "log loss", "below the prior's \(short)")
    case .auc(let logistic):
      ("auc", "AUC", "about the logistic regression's \(LoopNumber.short(logistic)) or more")
    case .leak:
      (
        "auc_leak", "AUC that the data give away", "at most \(bound), or a feature knows the answer"
      )
    case .calibrationSlope:
      ("calibration_slope", "calibration slope", "from 0.8 to 1.25 within two standard errors")
    case .aucDifference:
      ("auc_difference_lower", "lower end of the AUC difference", "above \(bound)")
    case .logLossDifference:
      (
        "log_loss_difference_lower", "lower end of the log loss difference", "at most \(whole)"
      )
    case .betterThanFallen:
      (
        "log_loss_difference_upper", "upper end of the log loss difference",
        "below \(whole), or the lower end of the AUC difference above 0"
      )
    case .lowestNewAUC:
      ("new_auc_lower", "AUC on the new rows less four standard errors", "above \(bound)")
    case .brierDifference: ("brier_difference", "Brier score difference", "at most \(short)")
    case .calibrationDifference:
      ("calibration_difference", "calibration error difference", "at most \(bound)")
    case .scoreStability:
      ("score_stability", "stability index of the scores", "below \(bound)")
    case .labelCost:
      (
        "label_cost", "AUC that the new labels cost",
        "at most \(short): \(LabelCost.allowed) beyond chance, or half of what they cost the champion"
      )
    case .surprise(let group):
      (
        "group_surprise", "surprise by the share of churners \(group.words)",
        "at most \(bound) beyond chance"
      )
    case .championAUC(let group):
      (
        "group_champion_auc", "champion's AUC on the new rows \(group.words)",
        "not below \(bound) by four standard errors"
      )
    case .segment(let group):
      ("group_auc_difference", "AUC difference \(group.words)", "at least \(bound)")
    }
  }
}

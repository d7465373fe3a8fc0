// What the gate of regression models checks, in words.
import Evaluation
import LearningTasks
import Tabular

extension RegressionMetric {
  /// The measure for people.
  var words: String {
    switch self {
    case .rmse: "RMSE"
    case .mae: "MAE"
    case .meanPoissonDeviance: "mean Poisson deviance"
    }
  }

  /// The constant that has the least of it.
  fileprivate var constant: String { self == .mae ? "median" : "mean" }
}

extension PairedComparison.Difference {
  /// What is said of a loss beside one of 0, of which it is no share; nil where it is one.
  func objectionToExactness(_ measure: RegressionMetric, _ group: RowGroupName? = nil) -> String? {
    guard first == 0 else { return nil }
    return
      "\(measure.words)\(group.map { " \($0.words)" } ?? "") is \(second.short), expected 0, as "
      + "the champion has it"
  }
}

extension GateSubject {
  static func constantDifference(_ measure: RegressionMetric) -> GateSubject {
    GateSubject(
      "constant_difference_upper",
      "relative \(measure.words) difference from the \(measure.constant) plus four standard errors"
    ) { "below \($0.whole)" }
  }

  // MARK: - Beside the champion

  static func lossDifference(_ measure: RegressionMetric) -> GateSubject {
    GateSubject(
      "loss_difference_upper", "upper end of the relative \(measure.words) difference"
    ) { "below \($0)" }
  }

  static func labelCost(_ measure: RegressionMetric) -> GateSubject {
    GateSubject("label_cost", "relative \(measure.words) that the new labels cost") {
      "at most \($0.short): \(RegressionLoop.allowedCost) beyond chance, or half of what they cost "
        + "the champion"
    }
  }

  static func segment(_ measure: RegressionMetric, _ group: RowGroupName) -> GateSubject {
    GateSubject(
      "group_loss_difference", "relative \(measure.words) difference \(group.words)"
    ) { "at most \($0)" }
  }

  // MARK: - Beside a champion that has fallen

  static func betterThanFallen(_ measure: RegressionMetric) -> GateSubject {
    GateSubject(
      "fallen_loss_difference_upper",
      "upper end of the relative \(measure.words) difference from the fallen champion"
    ) { "below \($0.whole)" }
  }

  static func newConstantDifference(_ measure: RegressionMetric) -> GateSubject {
    GateSubject(
      "new_constant_difference_upper",
      "relative \(measure.words) difference from the \(measure.constant) on the new rows plus four "
        + "standard errors"
    ) { "below \($0.whole)" }
  }
}

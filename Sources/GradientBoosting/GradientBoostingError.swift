// What can go wrong in training and predicting, as facts.

/// An error of this module.
public enum GradientBoostingError: Error, Equatable, Sendable {
  /// A parameter is out of its range.
  case parameterOutOfRange(name: String, found: String, expected: String)
  /// A monotone constraint is none of -1, 0 and 1.
  case unusableDirection(column: String, found: Int)
  /// A monotone constraint is on a column that there is not; `known` are those there are.
  case constrainedColumnMissing(name: String, known: [String])
  /// A monotone constraint is on a column whose values have no order.
  case constrainedColumnUnordered(name: String, kind: String)
  /// There are no rows to train on.
  case noRows
  /// Every feature has a single value.
  case noUsableFeature
  /// There are more features than a model can number.
  case tooManyFeatures(found: Int, most: Int)
  /// The rows of a part all weigh 0.
  case noWeight(part: String)
  /// A label is not what the objective can learn from.
  case unusableLabel(row: Int, found: Double)
  /// A weight is negative or not finite.
  case unusableWeight(row: Int, found: Double)
  /// The table to predict lacks a feature, or has it with another kind.
  case missingFeature(name: String, kind: String)
  /// The model to continue from was trained for another objective.
  case otherObjective(found: String, expected: String)
  /// The model file lacks something or contradicts itself.
  case corruptModel(reason: String)
  /// The caller stopped the training.
  case cancelled
}

extension GradientBoostingError: CustomStringConvertible {
  /// The facts, in one line.
  public var description: String {
    switch self {
    case .parameterOutOfRange(let name, let found, let expected):
      "\(name) is \(found), expected \(expected)"
    case .unusableDirection(let column, let found):
      "monotone_constraints of \"\(column)\" is \(found), expected -1, 0 or 1"
    case .constrainedColumnMissing(let name, _):
      "monotone_constraints names \"\(name)\", which is not a column to learn from"
    case .constrainedColumnUnordered(let name, let kind):
      "monotone_constraints names \"\(name)\", which is a \(kind) column, expected numbers"
    case .noRows: "there are no rows to train on"
    case .noUsableFeature: "no feature has two different values"
    case .tooManyFeatures(let found, let most):
      "there are \(found) features, expected at most \(most)"
    case .noWeight(let part): "all \(part) rows weigh 0"
    case .unusableLabel(let row, let found): "the label of row \(row + 1) is \(found)"
    case .unusableWeight(let row, let found):
      "the weight of row \(row + 1) is \(found), expected a finite number, 0 or more"
    case .missingFeature(let name, let kind):
      "the data has no \(kind) column \"\(name)\", which the model needs"
    case .otherObjective(let found, let expected):
      "the model to continue from was trained for the objective \(found), expected \(expected)"
    case .corruptModel(let reason): "the model file is damaged: \(reason)"
    case .cancelled: "training was cancelled"
    }
  }
}

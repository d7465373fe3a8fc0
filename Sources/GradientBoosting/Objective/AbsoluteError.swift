// Least absolute deviations: the raw score is the predicted value, a median.

/// The absolute difference between label and raw score.
///
/// Its second derivative is zero: trees are grown with the second derivative 1, and the values of
/// their leaves are then renewed, as LightGBM and scikit-learn do.
public struct AbsoluteError: Objective {
  public static let name = "regression_l1"
  public static let labelKind = LabelKind.real

  /// Creates the objective.
  public init() {}

  public var derivativeBounds: (gradient: Float, hessian: Float)? { (1, 1) }
  public var leafRule: LeafRule { .medianResidual }

  public func initialScore(labels: [Float], weights: [Float]?) -> Double {
    var residuals = WeightedResiduals()
    for (row, label) in labels.enumerated() {
      residuals.append(Double(label), weight: Double(weights?[row] ?? 1))
    }
    return residuals.median
  }

  public func derivatives(
    scores: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Float>,
    gradients: UnsafeMutableBufferPointer<Float>, hessians: UnsafeMutableBufferPointer<Float>
  ) {
    for row in scores.indices {
      let difference = scores[row] - labels[row]
      gradients[row] = difference > 0 ? 1 : difference < 0 ? -1 : 0
      hessians[row] = 1
    }
  }

  public func loss(score: Double, label: Double) -> Double { abs(score - label) }
}

/// What rows are above a score, with the weights of the rows.
struct WeightedResiduals: Sendable {
  private var rows: [(residual: Double, weight: Double)] = []

  /// Adds a row.
  mutating func append(_ residual: Double, weight: Double) { rows.append((residual, weight)) }

  /// The median: half of the weight is not above it, and half is not below it.
  ///
  /// Where a range of numbers is such a median, it is the middle of that range. Without rows of any
  /// weight it is 0.
  var median: Double {
    let sorted = rows.filter { $0.weight > 0 }.sorted { $0.residual < $1.residual }
    guard let last = sorted.last else { return 0 }
    let total = sorted.reduce(0) { $0 + $1.weight }
    var below = 0.0
    for (place, row) in sorted.enumerated() {
      below += row.weight
      if 2 * below > total { return row.residual }
      if 2 * below == total, place + 1 < sorted.count {
        return row.residual + (sorted[place + 1].residual - row.residual) / 2
      }
    }
    return last.residual
  }
}

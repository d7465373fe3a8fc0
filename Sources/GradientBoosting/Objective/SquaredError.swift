// Least squares: the raw score is the predicted value.

/// Half the squared difference between label and raw score.
public struct SquaredError: Objective {
  public static let name = "regression"
  public static let labelKind = LabelKind.real

  /// Creates the objective.
  public init() {}

  public var derivativeBounds: (gradient: Float, hessian: Float)? { nil }

  public func initialScore(labels: [Float], weights: [Float]?) -> Double {
    var sum = 0.0
    var total = 0.0
    for (row, label) in labels.enumerated() {
      let weight = Double(weights?[row] ?? 1)
      sum += weight * Double(label)
      total += weight
    }
    return sum / total
  }

  public func derivatives(
    scores: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Float>,
    gradients: UnsafeMutableBufferPointer<Float>, hessians: UnsafeMutableBufferPointer<Float>
  ) {
    for row in scores.indices {
      gradients[row] = scores[row] - labels[row]
      hessians[row] = 1
    }
  }

  public func loss(score: Double, label: Double) -> Double {
    (score - label) * (score - label) / 2
  }
}

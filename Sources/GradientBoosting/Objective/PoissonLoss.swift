// Poisson regression: the raw score is the logarithm of the predicted mean.

internal import Glibc

/// The negative log-likelihood of a Poisson count, up to what no score changes.
///
/// The second derivative is that of a score that is larger by the longest step, as in LightGBM and
/// XGBoost. No leaf moves a score further than that step, before shrinkage.
public struct PoissonLoss: Objective {
  public static let name = "poisson"
  public static let labelKind = LabelKind.nonNegative
  public static let link = Link.logarithm

  /// The longest step of a leaf, before shrinkage (`poisson_max_delta_step` of LightGBM).
  private static let longestStep = 0.7
  /// Scores beyond this have the derivatives of this one, which are finite in single precision.
  private static let highestScore: Float = 80

  /// Creates the objective.
  public init() {}

  public var derivativeBounds: (gradient: Float, hessian: Float)? { nil }
  public var leafRule: LeafRule { .newton(longestStep: Self.longestStep) }

  public func initialScore(labels: [Float], weights: [Float]?) -> Double {
    // A mean of 0 has no logarithm.
    log(max(SquaredError().initialScore(labels: labels, weights: weights), 1e-12))
  }

  public func derivatives(
    scores: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Float>,
    gradients: UnsafeMutableBufferPointer<Float>, hessians: UnsafeMutableBufferPointer<Float>
  ) {
    let factor = Float(exp(Self.longestStep))
    for row in scores.indices {
      let mean = expf(min(scores[row], Self.highestScore))
      gradients[row] = mean - labels[row]
      hessians[row] = factor * mean
    }
  }

  public func loss(score: Double, label: Double) -> Double { exp(score) - label * score }

  public func prediction(score: Double) -> Double { exp(score) }
}

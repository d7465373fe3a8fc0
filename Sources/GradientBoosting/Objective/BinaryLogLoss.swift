// Logistic regression's loss: labels are 0 or 1, the raw score is the log-odds.

internal import CKernels
internal import Glibc

/// The negative log-likelihood of a Bernoulli label, with the log-odds as raw score.
public struct BinaryLogLoss: Objective {
  public static let name = "binary"
  public static let labelKind = LabelKind.binary
  public static let link = Link.logit

  /// Creates the objective.
  public init() {}

  public var derivativeBounds: (gradient: Float, hessian: Float)? { (1, 0.25) }

  public func initialScore(labels: [Float], weights: [Float]?) -> Double {
    var positive = 0.0
    var total = 0.0
    for (row, label) in labels.enumerated() {
      let weight = Double(weights?[row] ?? 1)
      positive += weight * Double(label)
      total += weight
    }
    let rate = min(max(positive / total, 1e-12), 1 - 1e-12)
    return log(rate / (1 - rate))
  }

  public func derivatives(
    scores: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Float>,
    gradients: UnsafeMutableBufferPointer<Float>, hessians: UnsafeMutableBufferPointer<Float>
  ) {
    mlk_logistic_gradients(
      scores.baseAddress, labels.baseAddress, scores.count, gradients.baseAddress,
      hessians.baseAddress)
  }

  public func loss(score: Double, label: Double) -> Double {
    // log(1 + exp(s)) - y s, without overflow for large |s|.
    max(score, 0) - label * score + log1p(exp(-abs(score)))
  }

  public func prediction(score: Double) -> Double { 1 / (1 + exp(-score)) }
}

// Platt's calibration: a logistic curve through scores.
//   p = 1 / (1 + exp(-(slope * score + intercept)))
// J. Platt, "Probabilistic outputs for support vector machines", 1999, with his smoothed targets,
// fitted by Newton's method with halved steps as in Lin, Lin and Weng, "A note on Platt's
// probabilistic outputs for support vector machines", 2007, doi:10.1007/s10994-007-5018-6.

internal import Glibc

/// A logistic curve from scores to probabilities.
public struct PlattScaling: Codable, Sendable, Equatable {
  /// The factor of the score; scikit-learn's `-a`.
  public let slope: Double
  /// The log-odds of a score of 0; scikit-learn's `-b`.
  public let intercept: Double

  private static let mostSteps = 100
  /// Newton's method ends at a gradient of this size for each row.
  private static let tolerance = 1e-12

  /// Takes over a curve that was fitted before.
  public init(slope: Double, intercept: Double) {
    self.slope = slope
    self.intercept = intercept
  }

  /// Fits the curve with the greatest likelihood of smoothed labels.
  ///
  /// A positive row counts as `(P + 1) / (P + 2)` and a negative one as `1 / (N + 2)` of a
  /// positive, where there are P and N of them: so the curve stays finite where scores separate the
  /// classes.
  ///
  /// - Parameter scores: finite numbers, such as log-odds; one for each label.
  /// - Throws: `EvaluationError.empty`, or `.oneClass` if a class has no row.
  public init(scores: [Double], labels: [Bool]) throws {
    let targets = try SmoothedTargets(labels)
    // Newton's method wants scores of the size of 1.
    let largest = max(scores.lazy.map(abs).max() ?? 0, 1e-300)
    let likelihood = Likelihood(
      scores: scores.map { $0 / largest },
      targets: labels.map { $0 ? targets.positive : targets.negative })
    var place = SIMD2(0, log(Double(targets.positives + 1) / Double(targets.negatives + 1)))
    var state = likelihood.state(at: place)
    for _ in 0..<Self.mostSteps {
      let bound = Self.tolerance * Double(labels.count)
      if abs(state.gradient.x) <= bound, abs(state.gradient.y) <= bound { break }
      let step = state.newtonStep
      var length = 1.0
      var next = likelihood.state(at: place - length * step)
      while next.loss > state.loss, length > 1e-10 {
        length /= 2
        next = likelihood.state(at: place - length * step)
      }
      // No step lowers the loss any more: the rest is rounding.
      guard next.loss <= state.loss else { break }
      place -= length * step
      state = next
    }
    self.init(slope: place.x / largest, intercept: place.y)
  }

  /// The probability of a score.
  public func probability(_ score: Double) -> Double {
    1 / (1 + exp(-(slope * score + intercept)))
  }

  private enum CodingKeys: String, CodingKey { case slope, intercept }
}

/// What the labels count as in calibration: probabilities that few rows cannot make certain.
struct SmoothedTargets: Sendable {
  let positives, negatives: Int
  /// What a positive row counts as, below 1.
  var positive: Double { Double(positives + 1) / Double(positives + 2) }
  /// What a negative row counts as, above 0.
  var negative: Double { 1 / Double(negatives + 2) }

  /// Counts the classes.
  ///
  /// - Throws: `EvaluationError.empty`, or `.oneClass` if a class has no row.
  init(_ labels: [Bool]) throws {
    guard !labels.isEmpty else { throw EvaluationError.empty }
    positives = labels.count { $0 }
    negatives = labels.count - positives
    guard positives > 0, negatives > 0 else {
      throw EvaluationError.oneClass(label: positives > 0, rows: labels.count)
    }
  }
}

/// The negative log-likelihood of a curve, with its derivatives by (slope, intercept).
private struct Likelihood {
  struct State {
    var loss = 0.0
    var gradient = SIMD2<Double>.zero
    /// The second derivatives: by slope twice, by both, by intercept twice.
    var hessian = SIMD3<Double>.zero

    /// The solution of hessian * step = gradient; a little is added to the diagonal, as scores
    /// that are all equal make it singular.
    var newtonStep: SIMD2<Double> {
      let ridge = 1e-12 * (hessian.x + hessian.z) + 1e-300
      let (a, b, c) = (hessian.x + ridge, hessian.y, hessian.z + ridge)
      let determinant = a * c - b * b
      return SIMD2(c * gradient.x - b * gradient.y, a * gradient.y - b * gradient.x) / determinant
    }
  }

  let scores: [Double]
  let targets: [Double]

  func state(at place: SIMD2<Double>) -> State {
    var state = State()
    for (score, target) in zip(scores, targets) {
      let logOdds = place.x * score + place.y
      // log(1 + exp(z)) - t z, without overflow for large |z|.
      state.loss += max(logOdds, 0) - target * logOdds + log1p(exp(-abs(logOdds)))
      let probability = 1 / (1 + exp(-logOdds))
      let error = probability - target
      state.gradient += SIMD2(error * score, error)
      let curvature = probability * (1 - probability)
      state.hessian += curvature * SIMD3(score * score, score, 1)
    }
    return state
  }
}

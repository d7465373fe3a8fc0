// Whether probabilities are too bold or too timid: the slope of a logistic regression of what
// happened on their log-odds (Cox 1958). 1 is right, below 1 is too bold.

internal import Glibc

/// The slope and its standard error.
public struct CalibrationSlope: Sendable, Equatable {
  /// The slope.
  public let slope: Double
  /// Its standard error; infinite where the rows do not tell.
  public let error: Double

  /// Fits the regression by Newton's method.
  public init(_ rows: ScoredRows) {
    let eps = 1e-12
    let inputs = rows.probabilities.map { probability in
      let clipped = min(max(probability, eps), 1 - eps)
      return Glibc.log(clipped / (1 - clipped))
    }
    var intercept = 0.0
    var slope = 1.0
    for _ in 0..<50 {
      var gradient = SIMD2<Double>.zero
      var hessian = SIMD3<Double>.zero
      for (row, input) in inputs.enumerated() {
        let probability = 1 / (1 + exp(-(intercept + slope * input)))
        let weight = probability * (1 - probability)
        let residual = (rows.labels[row] ? 1 : 0) - probability
        gradient += SIMD2(residual, residual * input)
        hessian += SIMD3(weight, weight * input, weight * input * input)
      }
      let determinant = hessian.x * hessian.z - hessian.y * hessian.y
      guard determinant > 1e-12 * hessian.x * hessian.z, determinant > 0 else { break }
      let step = SIMD2(
        (hessian.z * gradient.x - hessian.y * gradient.y) / determinant,
        (hessian.x * gradient.y - hessian.y * gradient.x) / determinant)
      intercept += step.x
      slope += step.y
      guard slope.isFinite, abs(slope) < 1e6 else { break }
      if abs(step.x) + abs(step.y) < 1e-10 {
        self.slope = slope
        error = (hessian.x / determinant).squareRoot()
        return
      }
    }
    self.slope = 1
    error = .infinity
  }
}

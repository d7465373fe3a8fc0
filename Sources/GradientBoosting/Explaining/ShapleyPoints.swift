// The points at which the integral of Shapley's formula is summed: see ShapleyTree.

internal import Glibc

/// The points and weights of Gauss and Legendre on the interval from 0 to 1, which integrate every
/// polynomial up to the degree `2 * count - 1` exactly.
struct ShapleyPoints: Sendable {
  /// The points, ascending.
  let points: [Double]
  /// For each point 1 minus it, without cancellation.
  let complements: [Double]
  /// The weights, whose sum is 1.
  let weights: [Double]

  init(count: Int) {
    precondition(count >= 1, "an integral over \(count) points")
    var (points, weights) = ([Double](), [Double]())
    for index in 0..<count {
      // A root of the Legendre polynomial, ascending; Newton's method doubles its digits.
      var x = -cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 0.0
      for _ in 0..<6 {
        let (value, derivative) = Self.legendre(count, at: x)
        x -= value / derivative
        slope = Self.legendre(count, at: x).derivative
      }
      points.append((1 + x) / 2)
      weights.append(1 / ((1 - x * x) * slope * slope))
    }
    // The roots are symmetric; the smaller half is used for both sides.
    for index in 0..<count / 2 { points[count - 1 - index] = 1 - points[index] }
    self.points = points
    complements = points.indices.map { points[count - 1 - $0] }
    self.weights = weights
  }

  /// The Legendre polynomial of a degree, and its derivative.
  private static func legendre(_ degree: Int, at x: Double) -> (value: Double, derivative: Double) {
    var (previous, value) = (1.0, x)
    for k in 1..<max(1, degree) {
      let k = Double(k)
      (previous, value) = (value, ((2 * k + 1) * x * value - k * previous) / (k + 1))
    }
    return (value, Double(degree) * (x * value - previous) / (x * x - 1))
  }
}

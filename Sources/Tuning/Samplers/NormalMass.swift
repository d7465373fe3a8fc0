// The mass of a normal distribution between two numbers, exact in the tails.

internal import Glibc

/// Masses of the standard normal distribution.
enum NormalMass {
  /// Beyond so many standard deviations the mass does not change a double noticeably.
  private static let end = 8.5

  /// The logarithm of the mass between two numbers, of which the first is the lower.
  static func log(_ low: Double, _ high: Double) -> Double {
    // The left tail is the exact one.
    if low > 0 { return log(-high, -low) }
    if high > 0 {
      let outside = (low < -end ? 0 : below(low)) + (high > end ? 0 : below(-high))
      return outside == 0 ? 0 : log1p(-outside)
    }
    let (lower, upper) = (logBelow(low), logBelow(high))
    return upper + log1p(-exp(lower - upper))
  }

  private static func below(_ number: Double) -> Double {
    0.5 * erfc(-number * 0.5.squareRoot())
  }

  /// The logarithm of the mass below a number.
  private static func logBelow(_ number: Double) -> Double {
    if number > -30 { return Glibc.log(below(number)) }
    // Mills' ratio as a series: 1 - 1/x^2 + 3/x^4 - 15/x^6 is exact to 1e-9 here.
    let square = 1 / (number * number)
    let series = 1 - square * (1 - 3 * square * (1 - 5 * square))
    return -0.5 * number * number - Glibc.log(-number) - 0.5 * Glibc.log(2 * Double.pi)
      + Glibc.log(series)
  }
}

// How far the values of a column have moved: the population stability index between bins, and what
// it reaches by chance alone in samples of these sizes.

internal import Glibc

/// The population stability index (PSI) of counts in bins.
public enum PopulationStability {
  /// Returns the sum over bins of (p - q) ln(p / q).
  ///
  /// Half a row is added to each bin of each side, so that an empty one is not infinitely far.
  ///
  /// - Precondition: both have the same number of bins.
  public static func index(reference: [Int], current: [Int]) -> Double {
    precondition(reference.count == current.count, "bins that do not match")
    let bins = Double(reference.count)
    let first = Double(reference.reduce(0, +)) + bins / 2
    let second = Double(current.reduce(0, +)) + bins / 2
    return zip(reference, current).reduce(0) { sum, pair in
      let p = (Double(pair.0) + 0.5) / first
      let q = (Double(pair.1) + 0.5) / second
      return sum + (p - q) * log(p / q)
    }
  }

  /// Returns what the index stays below by chance in 999 of 1,000 pairs of samples of one population.
  ///
  /// It is distributed as chi-squared with one degree of freedom less than there are bins, times the
  /// sum of the reciprocal sample sizes (Yurdakul, "Statistical properties of the population
  /// stability index", 2018); the quantile is that of Wilson and Hilferty (1931).
  public static func chanceLimit(bins: Int, reference: Int, current: Int) -> Double {
    guard bins > 1, reference > 0, current > 0 else { return .infinity }
    let freedom = Double(bins - 1)
    let normalQuantile = 3.0902323061678132
    let root = 1 - 2 / (9 * freedom) + normalQuantile * (2 / (9 * freedom)).squareRoot()
    return freedom * root * root * root * (1 / Double(reference) + 1 / Double(current))
  }
}

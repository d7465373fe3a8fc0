// The numbers that predict some targets best without any feature.
import NumericCore

/// The mean and the median of some targets.
struct BestConstants {
  /// The number of the least squared error and Poisson deviance.
  let mean: Double
  /// The number of the least absolute error.
  let median: Double

  /// - Precondition: there is at least one target.
  init(of targets: [Double]) {
    // In ascending order, so that sums do not depend on that of the rows.
    let sorted = targets.sorted()
    mean = VectorMath.sum(sorted) / Double(sorted.count)
    median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

// How near predicted numbers come to the true ones.

internal import Glibc
public import NumericCore

/// The metrics of predicted numbers, as scikit-learn defines them.
public struct RegressionMetrics: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The root of the mean squared error.
  public let rmse: Double
  /// The mean absolute error.
  public let mae: Double
  /// The share of the variance that is explained; nil where the targets do not vary.
  public let r2: Double?
  /// The mean Poisson deviance; nil where a target is negative or a prediction is not above 0.
  public let meanPoissonDeviance: Double?
  /// The bootstrap interval of the RMSE at 95 %; nil where it was not drawn or has no width.
  public let rmseInterval: ClosedRange<Double>?

  /// Measures predictions.
  ///
  /// - Parameters:
  ///   - groups: rows that are drawn together for the interval; nil if each row is by itself.
  ///   - seed: decides the interval's draws.
  /// - Precondition: the arrays have the same number of elements.
  /// - Throws: `EvaluationError.empty`.
  public init(
    targets: [Double], predictions: [Double], groups: RowGroups? = nil, seed: UInt64 = 0,
    drawsInterval: Bool = true, pool: WorkerPool
  ) throws {
    precondition(
      targets.count == predictions.count,
      "\(targets.count) targets, \(predictions.count) predictions")
    guard !targets.isEmpty else { throw EvaluationError.empty }
    let count = Double(targets.count)
    let errors = zip(targets, predictions).map { $0 - $1 }
    let mean = VectorMath.sum(targets) / count
    let squares = errors.map { $0 * $0 }
    let spread = VectorMath.sum(targets.map { ($0 - mean) * ($0 - mean) })
    let varies = targets.contains { $0 != targets[0] }
    rows = targets.count
    rmse = (VectorMath.sum(squares) / count).squareRoot()
    mae = VectorMath.sum(errors.map(abs)) / count
    r2 = varies && spread > 0 ? 1 - VectorMath.sum(squares) / spread : nil
    meanPoissonDeviance =
      targets.allSatisfy { $0 >= 0 } && predictions.allSatisfy { $0 > 0 }
      ? VectorMath.sum(zip(targets, predictions).map(Self.poissonDeviance)) / count : nil
    rmseInterval =
      drawsInterval ? Self.interval(squares, groups: groups, seed: seed, pool: pool) : nil
  }

  /// Twice the log-likelihood that is lost by one prediction.
  public static func poissonDeviance(target: Double, prediction: Double) -> Double {
    let logarithm = target > 0 ? target * log(target / prediction) : 0
    return 2 * (logarithm - target + prediction)
  }

  private static func interval(
    _ squares: [Double], groups: RowGroups?, seed: UInt64, pool: WorkerPool
  ) -> ClosedRange<Double>? {
    let leaders = groups?.leaders
    let replicates = PoissonBootstrap.replicates(rows: squares.count, seed: seed, pool: pool) {
      random -> Double in
      let draws = PoissonBootstrap.counts(random, rows: squares.count)
      var (sum, count) = (0.0, 0.0)
      for (row, square) in squares.enumerated() {
        let drawn = Double(draws[leaders.map { Int($0[row]) } ?? row])
        sum += drawn * square
        count += drawn
      }
      return (sum / count).squareRoot()
    }
    // A tiny sample may be empty, and then has no error.
    let sorted = replicates.filter { !$0.isNaN }.sorted()
    guard !sorted.isEmpty else { return nil }
    let interval = PoissonBootstrap.interval(sorted)
    return interval.lowerBound < interval.upperBound ? interval : nil
  }
}

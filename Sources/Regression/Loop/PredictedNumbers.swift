// Targets and predicted numbers of the rows that models are compared on, and their losses.
import Evaluation
import NumericCore
import Tabular

/// Targets and predictions of the same rows.
struct PredictedNumbers: GateRows {
  let targets: [Double]
  let predictions: [Double]
  let groups: RowGroups?

  /// Predictions beyond this size are cut off, so that squares of errors are finite.
  private static let limit = 1e100
  /// Predictions below this have this deviance: that of 0 is infinite.
  private static let leastMean = 1e-100

  /// - Throws: `EvaluationError.empty`.
  init(targets: [Double], predictions: [Double], groups: RowGroups?) throws {
    guard !targets.isEmpty else { throw EvaluationError.empty }
    self.targets = targets
    self.predictions = predictions.map {
      abs($0) <= Self.limit ? $0 : $0 < 0 ? -Self.limit : Self.limit
    }
    self.groups = groups
  }

  /// The loss beside that of other predictions of the same rows, as a mean with its interval.
  ///
  /// - Parameter first: the predictions that come first; nil for none, so that the difference is the
  ///   loss itself.
  func loss(
    beside first: PredictedNumbers? = nil, by measure: RegressionMetric, pool: WorkerPool
  ) -> PairedComparison.Difference {
    let own = losses(by: measure)
    // Rows of a group are drawn together: they are one unit that counts as many times.
    let leaders = groups?.leaders
    func units(_ rows: [Double]) -> [Double] {
      guard let leaders else { return rows }
      var sums = [Double](repeating: 0, count: rows.count)
      for (row, leader) in leaders.enumerated() { sums[Int(leader)] += rows[row] }
      return leaders.indices.filter { leaders[$0] == Int32($0) }.map { sums[$0] }
    }
    let others = first?.losses(by: measure) ?? [Double](repeating: 0, count: own.count)
    return .means(
      first: units(others), second: units(own),
      weights: leaders.map { units([Double](repeating: 1, count: $0.count)) },
      isSquared: measure == .rmse, pool: pool)
  }

  private func losses(by measure: RegressionMetric) -> [Double] {
    let least = measure == .meanPoissonDeviance ? Self.leastMean : -Self.limit
    return zip(targets, predictions).map { measure.loss(of: max($1, least), at: $0) }
  }

  /// The same rows with the one number that has the least loss: the median or the mean.
  func constant(by measure: RegressionMetric) throws -> PredictedNumbers {
    let constants = BestConstants(of: targets)
    let constant = measure == .mae ? constants.median : constants.mean
    return try PredictedNumbers(
      targets: targets, predictions: [Double](repeating: constant, count: targets.count),
      groups: groups)
  }
}

extension PairedComparison.Difference {
  /// A part of the difference as a share of the first loss.
  func share(_ part: Double) -> Double {
    first > 0 ? part / first : part > 0 ? .greatestFiniteMagnitude : 0
  }
}

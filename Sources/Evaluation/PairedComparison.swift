// Whether one model is better than another: both predict the same rows, and the bootstrap draws these
// rows for both at once, so that what makes a sample easy or hard cancels out.

public import NumericCore

/// How the predictions of two models for the same rows differ.
///
/// Differences are the second model's measure minus the first one's. The interval is that of the
/// Poisson bootstrap at 95 %; see `PoissonBootstrap`.
public struct PairedComparison: Sendable, Equatable {
  /// The difference of one measure.
  public struct Difference: Codable, Sendable, Equatable {
    /// The measure of the first model.
    public let first: Double
    /// The measure of the second model.
    public let second: Double
    /// The lower end of the interval of the difference.
    public let lower: Double
    /// The upper end of the interval of the difference.
    public let upper: Double
    /// The share of replicates in which the second model's measure is below the first one's.
    public let shareBelow: Double

    /// The second model's measure minus the first one's.
    public var value: Double { second - first }

    private enum CodingKeys: String, CodingKey {
      case first, second, lower, upper
      case shareBelow = "share_below"
    }
  }

  /// The area under the ROC curve; more is better.
  public let auc: Difference
  /// The mean negative log likelihood; less is better.
  public let logLoss: Difference
  /// The mean squared error; less is better.
  public let brier: Difference

  /// Compares two models.
  ///
  /// - Parameter groups: rows that are drawn together; nil if each row is by itself.
  /// - Throws: `EvaluationError`.
  public init(
    labels: [Bool], first: [Double], second: [Double], groups: RowGroups? = nil,
    seed: UInt64 = 42, pool: WorkerPool
  ) throws {
    let rows = [
      try ScoredRows(labels: labels, probabilities: first),
      try ScoredRows(labels: labels, probabilities: second),
    ]
    let rankings = try rows.map { try Ranking($0) }
    let orders = rows.map { Ranking.ascendingOrder($0.probabilities) }
    let losses = rows.map(Self.losses)
    let replicates = PoissonBootstrap.replicates(rows: labels.count, seed: seed, pool: pool) {
      Self.replicate(
        $0, labels: labels, groups: groups, orders: orders, rankings: rankings, losses: losses)
    }
    func difference(
      _ measures: [Double], _ part: (Replicate) -> Double
    ) -> Difference {
      // A tiny sample may lack a class, and then has no AUC.
      let sorted = replicates.map(part).filter { !$0.isNaN }.sorted()
      let interval = sorted.isEmpty ? -1...1 : PoissonBootstrap.interval(sorted)
      return Difference(
        first: measures[0], second: measures[1], lower: interval.lowerBound,
        upper: interval.upperBound,
        shareBelow: Double(sorted.count { $0 < 0 }) / Double(max(1, sorted.count)))
    }
    auc = difference(rankings.map(\.auc)) { $0.auc }
    logLoss = difference(rows.map(\.logLoss)) { $0.logLoss }
    brier = difference(rows.map(\.brier)) { $0.brier }
  }

  private struct Replicate: Sendable {
    var auc = 0.0
    var logLoss = 0.0
    var brier = 0.0
  }

  /// The loss of each row: log loss, squared error.
  private static func losses(_ rows: ScoredRows) -> [SIMD2<Double>] {
    let eps = Double.ulpOfOne
    let given = (0..<rows.count).map { row in
      min(
        max(rows.labels[row] ? rows.probabilities[row] : 1 - rows.probabilities[row], eps), 1 - eps)
    }
    let logs = VectorMath.log(given)
    return zip(given, logs).map { SIMD2(-$1, (1 - $0) * (1 - $0)) }
  }

  private static func replicate(
    _ random: CounterRandom, labels: [Bool], groups: RowGroups?, orders: [[UInt32]],
    rankings: [Ranking], losses: [[SIMD2<Double>]]
  ) -> Replicate {
    let count = labels.count
    var draws = PoissonBootstrap.counts(random, rows: count)
    if let groups { draws = groups.leaders.map { draws[Int($0)] } }
    var result = Replicate()
    for (side, sign) in [(0, -1.0), (1, 1.0)] {
      result.auc += sign * auc(draws, labels, orders[side], rankings[side].endsGroup)
      var sum = SIMD2<Double>.zero
      var drawn = 0.0
      for row in 0..<count {
        sum += losses[side][row] * Double(draws[row])
        drawn += Double(draws[row])
      }
      result.logLoss += sign * sum.x / drawn
      result.brier += sign * sum.y / drawn
    }
    return result
  }

  private static func auc(
    _ draws: [UInt8], _ labels: [Bool], _ order: [UInt32], _ endsGroup: [Bool]
  ) -> Double {
    var group = SIMD2<Double>.zero
    var total = SIMD2<Double>.zero
    var area = 0.0
    for (position, row) in order.enumerated() {
      let weight = Double(draws[Int(row)])
      group += labels[Int(row)] ? SIMD2(0, weight) : SIMD2(weight, 0)
      if endsGroup[position] {
        area += group.y * (2 * total.x + group.x)
        total += group
        group = .zero
      }
    }
    return area / (2 * total.x * total.y)
  }
}

// The knobs of the tree-structured Parzen estimator. What they do is described in Watanabe,
// "Tree-structured Parzen estimator: understanding its algorithm components and their roles for
// better empirical performance", 2023, arXiv:2304.11127.

internal import Glibc

/// How a `TPESampler` works.
public struct TPESettings: Sendable, Equatable {
  /// How the good trials are weighted.
  public enum Weights: Sendable, Equatable {
    /// All alike while there are fewer than 25; then the older ones beyond these less and less.
    case age
    /// By how much they are better than the best of the others.
    case improvement
  }

  /// How wide the kernels around trials are.
  public enum Bandwidth: Sendable, Equatable {
    /// The larger distance to a neighbour, the bounds left out for the outermost two; at least
    /// `range / min(100, 2 + trials)`.
    case neighbours
    /// The larger distance to a neighbour, among which are the bounds and the middle of the range;
    /// at least the floor's share of the range, and `range / (2 + trials)^2`.
    case neighboursAndPrior(floor: Double)
  }

  /// Trials that are drawn at random before the estimator has a say.
  public var startupTrials = 10
  /// Points drawn from the good trials' density, of which the most promising is taken.
  public var candidates = 24
  /// The share of trials that count as good.
  public var goodShare = 0.15
  /// The most trials that count as good.
  public var mostGood = 25
  /// How the good trials are weighted.
  public var weights = Weights.improvement
  /// How wide kernels are.
  public var bandwidth = Bandwidth.neighboursAndPrior(floor: 0.03)

  /// The settings that are recommended in the paper.
  public init() {}

  /// The settings of Optuna 5.
  public static var optuna: TPESettings {
    var settings = TPESettings()
    settings.goodShare = 0.1
    settings.weights = .age
    settings.bandwidth = .neighbours
    return settings
  }

  /// How many of some finished trials count as good.
  func goodCount(of finished: Int) -> Int {
    min(Int((goodShare * Double(finished)).rounded(.up)), mostGood)
  }

  /// The weights of some trials by their age, oldest first.
  static func ageWeights(_ count: Int) -> [Double] {
    let recent = 25
    guard count >= recent else { return [Double](repeating: 1, count: count) }
    let old = count - recent
    let first = 1 / Double(count)
    let ramp = (0..<old).map { index in
      old == 1 ? first : first + (1 - first) * Double(index) / Double(old - 1)
    }
    return ramp + [Double](repeating: 1, count: recent)
  }
}

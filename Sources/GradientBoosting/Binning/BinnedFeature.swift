// How one column of the table becomes the bins that trees split on.

/// A feature as the trees see it: bin 0 for missing values, then one bin for each range of values
/// or each category.
public struct BinnedFeature: Sendable, Equatable {
  /// What the bins stand for.
  public enum Encoding: Sendable, Equatable {
    /// Bin `1 + n` holds the values above exactly `n` of the ascending cuts.
    case number(cuts: [Double])
    /// Bin `1 + n` holds the category `levels[n]`; bin 0 also holds categories never seen.
    case category(levels: [String])
    /// Each category stands for a number, which is binned by cuts like any other; missing values
    /// and categories never seen stand for `otherwise`.
    case levelValue(levels: [String], values: [Double], otherwise: Double, cuts: [Double])
  }

  /// The name, for reports: the column's, with a suffix where it was derived.
  public let name: String
  /// The index of the column among the model's inputs.
  public let input: Int
  /// What the bins stand for.
  public let encoding: Encoding

  /// The number of bins, bin 0 included; at most 256.
  public var binCount: Int {
    switch encoding {
    case .number(let cuts), .levelValue(_, _, _, let cuts): cuts.count + 2
    case .category(let levels): levels.count + 1
    }
  }

  /// Whether splits are sets of bins rather than thresholds.
  public var isCategorical: Bool {
    if case .category = encoding { true } else { false }
  }
}

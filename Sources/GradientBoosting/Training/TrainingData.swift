// What a booster is trained on.

public import NumericCore
public import Tables

/// Labelled rows.
public struct TrainingData: Sendable {
  /// The columns to learn from; text columns are not used.
  public var features: [Column]
  /// The label of each row: 0 or 1 for the binary objective, any number for regression.
  public var labels: [Double]
  /// The weight of each row, 0 or more; nil means that all rows weigh 1.
  ///
  /// Only the proportions count: weights are divided by their mean.
  public var weights: [Double]?
  /// Rows that early stopping does not divide; nil if each row is by itself.
  public var groups: RowGroups?

  /// Creates training data.
  ///
  /// - Precondition: all features, the labels and the weights have the same number of rows.
  public init(
    features: [Column], labels: [Double], weights: [Double]? = nil, groups: RowGroups? = nil
  ) {
    precondition(
      features.allSatisfy { $0.count == labels.count }, "features and labels differ in length")
    precondition(weights.map { $0.count == labels.count } ?? true, "weights differ in length")
    self.features = features
    self.labels = labels
    self.weights = weights
    self.groups = groups
  }
}

/// Where a training stands after a round.
public struct RoundReport: Sendable {
  /// The number of new trees so far.
  public let round: Int
  /// The most new trees there can be.
  public let maximumRounds: Int
  /// The mean loss on the validation rows; nil in the final refit.
  public let validationLoss: Double?
  /// The round with the best validation loss so far.
  public let bestRound: Int
}

/// A trained booster and how it came about.
public struct FittedBoosting: Sendable {
  /// The model.
  public let model: BoostedTrees
  /// The mean validation loss after each round of the first training; empty without validation.
  public let validationLosses: [Double]
  /// The number of new trees that early stopping chose, or all where it is off.
  public let bestIteration: Int
  /// Seconds spent on choosing bins and binning.
  public let binningSeconds: Double
  /// Seconds spent on growing trees.
  public let boostingSeconds: Double
}

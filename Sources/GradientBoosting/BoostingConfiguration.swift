// The hyperparameters of a booster, under LightGBM's names.

public import Texts

/// How a booster is trained.
///
/// Values that are nil adapt to the number of rows. `settings` has the range and the default
/// of each.
public struct BoostingConfiguration: Sendable, Equatable {
  /// The most trees; early stopping usually ends sooner.
  public var numTrees: Int?
  /// The factor on every tree's values.
  public var learningRate: Double?
  /// The most leaves of a tree.
  public var numLeaves: Int?
  /// The most splits between the root and a leaf, at most 512; -1 means 512.
  public var maxDepth: Int?
  /// The fewest rows of a leaf, estimated from its hessian sum as LightGBM does.
  public var minDataInLeaf: Int?
  /// The least hessian sum of a leaf.
  public var minSumHessianInLeaf = 1e-3
  /// The penalty on the absolute values of leaves.
  public var lambdaL1 = 0.0
  /// The penalty on the squared values of leaves.
  public var lambdaL2: Double?
  /// The least gain of a split, twice the improvement of the loss as the peers count it.
  public var minGainToSplit = 0.0
  /// The share of features that each tree may use.
  public var featureFraction: Double?
  /// The share of rows that each tree is grown on.
  public var baggingFraction: Double?
  /// How predictions may change along numeric columns, by their names: 1 never down, -1 never up.
  ///
  /// This holds for the values of a column while all others stay as they are; missing values may
  /// score anything.
  public var monotoneConstraints: [ByteText: Int] = [:]
  /// The most bins of a feature.
  public var maxBin = 255
  /// Features of at most so many categories are split one category against the rest.
  public var maxCatToOnehot = 4
  /// The most categories on the smaller side of a split of many categories.
  public var maxCatThreshold = 32
  /// The additional `lambda_l2` of splits of many categories.
  public var catL2 = 10.0
  /// Pulls the order of rare categories towards the middle.
  public var catSmooth = 10.0
  /// The fewest rows of a group of categories in a split of many categories.
  public var minDataPerGroup: Int?
  /// Features of more categories than this are replaced by ordered target statistics.
  public var maxCatLevels = 16
  /// Training stops after so many rounds without a better validation loss; 0 means never.
  public var earlyStoppingRounds: Int?
  /// The share of the training rows that early stopping validates on.
  public var validationFraction: Double?
  /// Whether the final model is trained again on all rows, with the number of trees found.
  public var refit: Bool?

  /// Creates the default configuration.
  public init() {}
}

// The hyperparameters of the two towers, and the two sets of them that are known to work.

/// How two towers are built and trained; `settings` has the range of each value.
public struct TwoTowerConfiguration: Sendable, Equatable {
  /// A named set of hyperparameters.
  public enum Preset: String, Sendable, CaseIterable {
    /// Linear towers and a softmax over the catalogue, for who-took-what data.
    case retrieval
    /// Hidden layers of 256 and 128, 32 wide, squared error on ratings scaled to [-1, 1].
    case lab
  }

  /// What the towers learn from.
  public enum Loss: String, Sendable, CaseIterable {
    /// Softmax over all items up to `exact_items` of them, sampled above.
    case softmax
    /// The squared difference of rating and inner product; ratings should lie in [-1, 1].
    case squaredError = "squared_error"
  }

  /// The rule by which parameters follow their gradients.
  public enum Optimizer: String, Sendable, CaseIterable {
    /// Adam; table rows that a step does not use stay as they are.
    case adam
    /// Adagrad with one accumulator for each table row, and for each row of dense weights.
    case rowWiseAdagrad = "row_wise_adagrad"
  }

  /// The width of the vectors.
  public var dimension = 64
  /// The widths of the hidden layers of both towers; empty for linear towers.
  public var hidden: [Int] = []
  /// What the towers learn from.
  public var loss = Loss.softmax
  /// Divides inner products in the softmax.
  public var temperature = 0.2
  /// The rule of the steps.
  public var optimizer = Optimizer.adam
  /// The size of the steps.
  public var learningRate = 0.02
  /// The share of its size that a parameter loses in each step, times the learning rate.
  public var weightDecay = 0.0
  /// How many users a step of the softmax takes, with all their items.
  ///
  /// A step takes at most a fifth of the users of an epoch, rounded up.
  public var usersPerStep = 1_024
  /// How many ratings a step of squared error takes.
  ///
  /// A step takes at most a 32nd of the ratings of an epoch, rounded up.
  public var ratingsPerStep = 256
  /// Whether users and items have embeddings of their own besides their features.
  public var usesID = true
  /// How often a step hides the id of an entity that has features, so that these alone learn to
  /// serve new entities.
  public var idDropout = 0.2
  /// How many iterations of alternating least squares give the id embeddings of linear towers their
  /// first directions; 0 for random ones.
  public var warmStartIterations = 6
  /// The most items over which the softmax is exact; larger catalogues are sampled.
  public var exactItems = 20_000
  /// How often a step of the sampled softmax draws a negative.
  public var negatives = 4_096
  /// The most passes over the data.
  public var epochs = 60
  /// Training stops after so many epochs without a better validation; 0 means never.
  public var patience = 5
  /// The length of the lists whose NDCG validates.
  public var validationK = 20

  /// Creates the configuration of `retrieval`.
  public init() {}

  /// Creates the configuration of a preset.
  public init(preset: Preset) {
    self.init()
    guard preset == .lab else { return }
    dimension = 32
    hidden = [256, 128]
    loss = .squaredError
    learningRate = 2e-3
    ratingsPerStep = 1_024
  }

  /// A step of squared error takes at most one part of so many of an epoch.
  private static let leastRatingSteps = 32

  /// How many ratings a step of squared error takes where an epoch has `count`.
  func ratingsPerStep(of count: Int) -> Int {
    min(ratingsPerStep, max(1, (count + Self.leastRatingSteps - 1) / Self.leastRatingSteps))
  }
}

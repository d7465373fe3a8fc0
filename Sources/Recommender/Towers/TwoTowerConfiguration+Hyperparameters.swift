// The table of hyperparameters: key, range, summary and what a search tries. The defaults are those
// of the presets.
public import Configuration

extension TwoTowerConfiguration.Preset: ConfigurationField {}
extension TwoTowerConfiguration.Loss: ConfigurationField {}
extension TwoTowerConfiguration.Optimizer: ConfigurationField {}

extension TwoTowerConfiguration: Configurable {
  /// How long a list of items may be.
  public static let listLength = SettingKind.integer(1...10_000)
  /// The hidden layers of linear towers, as a search has them.
  public static let linear = "none"

  private static let many = SettingKind.integer(1...1_000_000)

  /// All hyperparameters, in the order of files.
  public static let settings: [Setting<TwoTowerConfiguration>] = [
    Setting("dimension", \.dimension, .integer(1...4_096), "The width of the vectors").searched {
      $0.loss == .softmax ? .integer(16...256, step: 16) : .integer(8...64, step: 8)
    },
    Setting(
      "hidden", \.hidden, .integers(1...4_096, most: 16),
      "The widths of the hidden layers; [] for linear towers"
    ).searched {
      // Linear towers learn as well from who took what, and much faster.
      $0.loss == .softmax && $0.hidden.isEmpty ? nil : .category([linear, "128", "256,128"])
    },
    Setting(
      "loss", \.loss, .choice(Loss.allCases.map(\.rawValue)), "The loss that the towers minimise"),
    Setting(
      "temperature", \.temperature, .number(.closed(0.01, 10)),
      "Divides inner products in the softmax"
    ).searched { $0.loss == .softmax ? .float(0.05...1, isLog: true) : nil },
    Setting(
      "optimizer", \.optimizer, .choice(Optimizer.allCases.map(\.rawValue)),
      "The optimizer"),
    Setting("learning_rate", \.learningRate, .number(.closed(1e-6, 10)), "The learning rate")
      .searched { .float($0.loss == .softmax ? 2e-3...0.1 : 5e-5...5e-3, isLog: true) },
    Setting(
      "weight_decay", \.weightDecay, .number(.closed(0, 1_000)),
      "The share of a parameter that each step removes, times the learning rate"
    ).searched { .float($0.loss == .softmax ? 1e-4...1 : 1e-3...10, isLog: true) },
    Setting(
      "users_per_step", \.usersPerStep, many, "How many users a batch has, with the loss softmax"),
    Setting(
      "ratings_per_step", \.ratingsPerStep, many,
      "The most ratings of a batch, with the loss squared_error; small tables have smaller ones"),
    Setting(
      "uses_id", \.usesID, .flag,
      "Whether users and items have embeddings of their own besides their features"),
    Setting(
      "id_dropout", \.idDropout, .number(.closed(0, 0.99)),
      "The probability that a step hides an id, so that features learn to serve new users and items",
      search: .float(0...0.5)),
    Setting(
      "warm_start_iterations", \.warmStartIterations, .integer(0...1_000),
      "Iterations of least squares that give the ids of linear towers their first directions"),
    Setting(
      "exact_items", \.exactItems, .integer(0...1_000_000),
      "The most items over which the softmax is exact"),
    Setting(
      "negatives", \.negatives, many,
      "How often a batch of the sampled softmax draws a negative"),
    Setting(
      "epochs", \.epochs, .integer(1...100_000),
      "The most epochs; early stopping usually ends sooner"),
    Setting(
      "patience", \.patience, .integer(0...100_000),
      "Stop after so many epochs without progress; 0 for never"),
    Setting(
      "validation_k", \.validationK, listLength,
      "The length of the lists for the NDCG of the validation part"),
  ]

  /// Returns this configuration if every value is in its range.
  ///
  /// - Throws: `RecommenderError.parameterOutOfRange`.
  public func validated() throws -> TwoTowerConfiguration {
    if let (setting, found) = Self.settings.outOfRange(in: self) {
      throw RecommenderError.parameterOutOfRange(
        name: setting.key, found: found.shown, expected: setting.kind.words)
    }
    guard learningRate * weightDecay < 1 else {
      throw RecommenderError.parameterOutOfRange(
        name: "weight_decay", found: "\(weightDecay)", expected: "below 1 / learning_rate")
    }
    return self
  }
}

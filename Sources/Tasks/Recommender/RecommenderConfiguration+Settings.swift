// The keys of a recommender configuration. Order and words are those of run.toml.
import Recommender

extension RecommenderConfiguration {
  /// The name of the task in configuration files.
  public static let task = "recommender"

  /// All keys, in the order of run.toml.
  public static let settings: [Setting<RecommenderConfiguration>] =
    [
      Setting("task", \.taskName, .choice([task]), "What is trained"),
      Setting("seed", \.seed, .integer(0...Int.max), "The seed of everything that is drawn"),
    ] + dataSettings + judgingSettings + modelSettings

  /// The layers over these keys.
  public static let layers = ConfigurationLayers(settings: settings)

  private var taskName: String {
    get { Self.task }
    set { precondition(newValue == Self.task, "the settings let '\(newValue)' through") }
  }

  private static let dataSettings: [Setting<RecommenderConfiguration>] = [
    Setting(
      "data.path", \.data.path, .text, "The interactions: a file, a folder or an s3:// URI"),
    Setting(
      optional: "data.user_id", \.data.userID, .text, "The column of users; auto: by its name"),
    Setting(
      optional: "data.item_id", \.data.itemID, .text, "The column of items; auto: by its name"),
    Setting(
      optional: "data.rating", \.data.rating, .text,
      "The column of ratings; auto: by its name, if there is one"),
    Setting(
      optional: "data.timestamp", \.data.timestamp, .text,
      "The column of times; with it, the latest interactions of each user are judged on"),
    Setting(
      optional: "data.lowest_rating", \.data.lowestRating, .number(.closed(-1e9, 1e9)),
      "The least a rating can be; auto: the least that occurs"),
    Setting(
      optional: "data.highest_rating", \.data.highestRating, .number(.closed(-1e9, 1e9)),
      "The most a rating can be; auto: the most that occurs"),
    Setting(
      optional: "data.user_features", \.data.userFeatures, .list,
      "Columns that describe users; auto: those of the lab, where they are"),
    Setting(
      optional: "data.item_features", \.data.itemFeatures, .list,
      "Columns that describe items; auto: those of the lab, where they are"),
    Setting(
      optional: "data.users", \.data.users, .text,
      "A table of users with their features; auto: the interactions hold them"),
    Setting(
      optional: "data.items", \.data.items, .text,
      "A table of items with their features; auto: the interactions hold them"),
    Setting(
      optional: "data.delimiter", \.data.delimiter, .choice([",", ";", "\t", "|", "tab"]),
      "The character between cells; auto: found out"),
    Setting("data.header", \.data.header, .flag, "Whether the first line names the columns"),
  ]

  private static let judgingSettings: [Setting<RecommenderConfiguration>] = [
    Setting(
      optional: "evaluation.test", \.judging.test, .text,
      "Interactions of their own to judge on; auto: a part of the data"),
    Setting(
      "evaluation.holdout", \.judging.holdout, .number(.closed(0.01, 0.9)),
      "The share of interactions to judge on, where there is no test table"),
    Setting(
      optional: "evaluation.split", \.judging.split,
      .choice(RecommenderConfiguration.Split.allCases.map(\.rawValue)),
      "Whether a share is set aside of each user's interactions or of all; auto: fits the loss"),
    Setting("evaluation.k", \.judging.k, .integer(1...10_000), "The length of judged lists"),
    Setting(
      "evaluation.baselines", \.judging.baselines, .list,
      "What the model is shown beside: popularity, ials, ease"),
  ]

  private static let modelSettings: [Setting<RecommenderConfiguration>] = [
    Setting(
      optional: "model.preset", \.model.preset,
      .choice(TwoTowerConfiguration.Preset.allCases.map(\.rawValue)),
      "The set of hyperparameters; auto: lab for ratings, retrieval without"),
    Setting(
      optional: "model.dimension", \.model.dimension, .integer(1...4_096),
      "The width of the vectors"),
    Setting(
      optional: "model.hidden", \.model.hidden, .list,
      "The widths of the hidden layers; [] for linear towers"),
    Setting(
      optional: "model.loss", \.model.loss,
      .choice(TwoTowerConfiguration.Loss.allCases.map(\.rawValue)), "What the towers learn from"),
    Setting(
      optional: "model.temperature", \.model.temperature, .number(.closed(0.01, 10)),
      "Divides inner products in the softmax"),
    Setting(
      optional: "model.optimizer", \.model.optimizer,
      .choice(TwoTowerConfiguration.Optimizer.allCases.map(\.rawValue)), "The rule of the steps"),
    Setting(
      optional: "model.learning_rate", \.model.learningRate, .number(.closed(1e-6, 10)),
      "The size of the steps"),
    Setting(
      optional: "model.weight_decay", \.model.weightDecay, .number(.closed(0, 1_000)),
      "The share of its size that a parameter loses in each step, times the learning rate"),
    Setting(
      optional: "model.users_per_step", \.model.usersPerStep, .integer(1...1_000_000),
      "How many users a step of the softmax takes"),
    Setting(
      optional: "model.ratings_per_step", \.model.ratingsPerStep, .integer(1...1_000_000),
      "How many ratings a step of squared error takes"),
    Setting(
      optional: "model.uses_id", \.model.usesID, .flag,
      "Whether users and items have embeddings of their own besides their features"),
    Setting(
      optional: "model.id_dropout", \.model.idDropout, .number(.closed(0, 0.99)),
      "How often a step hides an id, so that features alone learn to serve new users and items"),
    Setting(
      optional: "model.exact_items", \.model.exactItems, .integer(0...1_000_000),
      "The most items over which the softmax is exact"),
    Setting(
      optional: "model.uniform_negatives", \.model.uniformNegatives, .integer(1...1_000_000),
      "Negatives that a step of the sampled softmax adds"),
    Setting(
      optional: "model.epochs", \.model.epochs, .integer(1...100_000),
      "The most passes over the data; early stopping usually ends sooner"),
    Setting(
      optional: "model.patience", \.model.patience, .integer(0...100_000),
      "Stop after so many passes without progress; 0 for never"),
    Setting(
      "model.validation_fraction", \.model.validationFraction, .number(.closed(0, 0.9)),
      "The share of training interactions that early stopping validates on"),
  ]
}

/// Choices are written by their raw values.
extension ConfigurationField where Self: RawRepresentable, RawValue == String {
  public init?(configurationValue value: ConfigurationValue) {
    guard case .text(let text) = value else { return nil }
    self.init(rawValue: text)
  }
  public var configurationValue: ConfigurationValue { .text(rawValue) }
}

extension RecommenderConfiguration.Split: ConfigurationField {}
extension TwoTowerConfiguration.Preset: ConfigurationField {}
extension TwoTowerConfiguration.Loss: ConfigurationField {}
extension TwoTowerConfiguration.Optimizer: ConfigurationField {}

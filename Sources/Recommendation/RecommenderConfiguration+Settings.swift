// The keys of a recommender configuration. Order and words are those of run.toml.
package import Configuration
import LearningTasks
import Recommender

extension RecommenderConfiguration: Configurable {
  /// The name of the task in configuration files.
  package static let task = "recommender"

  /// All keys, in the order of run.toml.
  package static let settings: [Setting<RecommenderConfiguration>] =
    [
      Setting("task", \.taskName, .choice([task]), "What is trained", flag: SettingFlag.none),
      Setting("seed", \.seed, .integer(0...Int.max), "The seed of everything that is drawn"),
    ] + dataSettings + judgingSettings + modelSettings

  private var taskName: String {
    get { Self.task }
    set { precondition(newValue == Self.task, "the settings let '\(newValue)' through") }
  }

  private static let rating = SettingKind.number(.closed(-1e9, 1e9))

  private static let dataSettings: [Setting<RecommenderConfiguration>] = [
    Setting(
      "data.path", \.data.path, .text,
      "The interactions: a CSV, TSV or Parquet file, a folder of them, or an s3:// URI",
      flag: .option("data"), placeholder: "data"),
    Setting(
      "data.user_id", \.data.userID, .text, "The column of users", auto: "by its name",
      placeholder: "col"),
    Setting(
      "data.item_id", \.data.itemID, .text, "The column of items", auto: "by its name",
      placeholder: "col"),
    Setting(
      "data.rating", \.data.rating, .text, "The column of ratings",
      auto: "by its name, if there is one", placeholder: "col"),
    Setting(
      "data.timestamp", \.data.timestamp, .text,
      "The column of times; with it, the test part is the latest interactions of each user",
      auto: "none", placeholder: "col"),
    Setting(
      "data.lowest_rating", \.data.lowestRating, rating, "The least a rating can be",
      auto: "the least that occurs"),
    Setting(
      "data.highest_rating", \.data.highestRating, rating, "The most a rating can be",
      auto: "the most that occurs"),
    Setting(
      "data.user_features", \.data.userFeatures, .list, "Columns that describe users",
      auto: "city, country and creditlimit, if present", placeholder: "col[,col]"),
    Setting(
      "data.item_features", \.data.itemFeatures, .list, "Columns that describe items",
      auto: "productline, productscale, quantityinstock, buyprice and msrp, if present",
      placeholder: "col[,col]"),
    Setting(
      "data.users", \.data.users, .text, "A table of users with their features",
      auto: "the interactions hold them", placeholder: "data"),
    Setting(
      "data.items", \.data.items, .text, "A table of items with their features",
      auto: "the interactions hold them", placeholder: "data"),
    Setting.delimiter(\.data.delimiter),
    Setting.header(\.data.header),
  ]

  private static let judgingSettings: [Setting<RecommenderConfiguration>] = [
    Setting(
      "evaluation.test", \.judging.test, .text, "A table of test interactions",
      auto: "a part of the data", placeholder: "data"),
    Setting(
      "evaluation.holdout", \.judging.holdout, .share,
      "The share of interactions in the test part, without a test table"),
    Setting(
      "evaluation.split", \.judging.split, .choice(Split.allCases.map(\.rawValue)),
      "Whether the test part is a share of each user's interactions or of all",
      auto: "fits the loss"),
    Setting(
      "evaluation.k", \.judging.k, TwoTowerConfiguration.listLength,
      "The length of the lists that are evaluated"),
    Setting(
      "evaluation.baselines", \.judging.baselines,
      .choices(RecommenderBaseline.allCases.map(\.rawValue)), "The baselines in the report"),
  ]

  private static let modelSettings: [Setting<RecommenderConfiguration>] =
    [
      Setting(
        "model.preset", \.model.preset,
        .choice(RecommenderPreset.allCases.map(\.rawValue)), "The model and its hyperparameters",
        auto: "lab for ratings; without, the best of retrieval, graph and ease on a validation part"
      )
    ] + Model.hyperparameters.map { $0.within(\.model, section: "model") } + [
      Setting(
        "model.validation_fraction", \.model.validationFraction, .number(.closed(0, 0.9)),
        "The share of training interactions that early stopping validates on; 0 for no early stop")
    ]
}

extension RecommenderConfiguration.Model {
  /// The hyperparameters of the towers, which a preset has where they are nil.
  static let hyperparameters: [Setting<Self>] = [
    tower("dimension", \.dimension), tower("hidden", \.hidden), tower("loss", \.loss),
    tower("temperature", \.temperature), tower("optimizer", \.optimizer),
    tower("learning_rate", \.learningRate), tower("weight_decay", \.weightDecay),
    tower("users_per_step", \.usersPerStep), tower("ratings_per_step", \.ratingsPerStep),
    tower("uses_id", \.usesID), tower("id_dropout", \.idDropout),
    tower("exact_items", \.exactItems), tower("negatives", \.negatives),
    tower("epochs", \.epochs), tower("patience", \.patience),
  ]

  /// The setting of the towers' own table, which the presets decide where it is nil.
  private static func tower<Field: ConfigurationField>(
    _ key: String, _ path: any WritableKeyPath<Self, Field?> & Sendable
  ) -> Setting<Self> {
    guard let setting = TwoTowerConfiguration.settings[key] else {
      preconditionFailure("the towers have no hyperparameter \(key)")
    }
    let usual = TwoTowerConfiguration.Preset.allCases.map { preset in
      (preset, setting.read(TwoTowerConfiguration(preset: preset))?.shown ?? "")
    }
    let isSame = usual.allSatisfy { $0.1 == usual[0].1 }
    let words = usual.map { "\($0.1.isEmpty ? "[]" : $0.1) in \($0.0.rawValue)" }
    return Setting(
      key, path, setting.kind, setting.summary,
      auto: DefaultRule(isSame ? usual[0].1 : words.joined(separator: ", ")))
  }

  /// Writes what differs from a preset into its towers.
  func write(to towers: inout TwoTowerConfiguration) {
    for setting in Self.hyperparameters {
      if let value = setting.read(self) {
        TwoTowerConfiguration.settings[setting.key]?.write(&towers, value)
      }
    }
  }
}

extension RecommenderConfiguration.Split: ConfigurationField {}

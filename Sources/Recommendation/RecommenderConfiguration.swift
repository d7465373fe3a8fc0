// Everything that decides a recommender run: what is read, how it is judged, how it is trained.
// Threads and output folder are not here, because no result depends on them.
import Configuration
import LearningTasks
package import Recommender
import Tables

/// The configuration of a recommender run; run.toml holds all of it.
package struct RecommenderConfiguration: Sendable, Equatable {
  /// Where interactions and features come from.
  package struct Data: Sendable, Equatable {
    /// The interactions: a file, a folder or an s3:// URI; empty means that none was given.
    package var path = ""
    /// The column that names the user; nil finds it by its name.
    package var userID: String?
    /// The column that names the item; nil finds it by its name.
    package var itemID: String?
    /// The column of ratings; nil finds it by its name, and there may be none.
    package var rating: String?
    /// The column of times; nil means that the order of interactions is not known.
    package var timestamp: String?
    /// The least and the most a rating can be; nil takes what occurs.
    package var lowestRating: Double?
    package var highestRating: Double?
    /// Columns that describe users; nil takes those that the lab's tables have.
    package var userFeatures: [String]?
    /// Columns that describe items; nil takes those that the lab's tables have.
    package var itemFeatures: [String]?
    /// A table of users, one row each; nil reads their features from the interactions.
    package var users: String?
    /// A table of items, one row each; nil reads their features from the interactions.
    package var items: String?
    /// The character between cells of text files; nil finds it out.
    package var delimiter: String?
    /// Whether the first line of text files names the columns.
    package var header = true
  }

  /// Which interactions are set aside.
  package enum Split: String, Sendable, CaseIterable {
    /// A share of each user's, the latest ones where times are known.
    case perUser = "per_user"
    /// A share of all, whoever they are of.
    case anywhere
  }

  /// How the model is judged.
  package struct Judging: Sendable, Equatable {
    /// Interactions of their own to judge on; nil uses a part of the data.
    package var test: String?
    /// The share of interactions set aside to judge on, where there is no test table.
    package var holdout = 0.2
    /// Of what the share is taken; nil fits what is learnt.
    package var split: Split?
    /// The length of the lists that are judged.
    package var k = 20
    /// Which baselines are trained beside the model.
    package var baselines = ["popularity", "ials", "ease", "graph", "factors"]
  }

  /// What differs from the preset; nil is what the preset has.
  package struct Model: Sendable, Equatable {
    /// The preset; nil is `lab` for ratings, and without the best of the candidates.
    package var preset: RecommenderPreset?
    package var dimension: Int?
    package var hidden: [String]?
    package var loss: TwoTowerConfiguration.Loss?
    package var temperature: Double?
    package var optimizer: TwoTowerConfiguration.Optimizer?
    package var learningRate: Double?
    package var weightDecay: Double?
    package var usersPerStep: Int?
    package var ratingsPerStep: Int?
    package var usesID: Bool?
    package var idDropout: Double?
    package var exactItems: Int?
    package var negatives: Int?
    package var epochs: Int?
    package var patience: Int?
    /// The share of training interactions that early stopping validates on.
    package var validationFraction = 0.1
  }

  /// The seed of everything that is drawn.
  package var seed = 42
  /// Where interactions come from.
  package var data = Data()
  /// How the model is judged.
  package var judging = Judging()
  /// How the towers are built and trained.
  package var model = Model()

  /// Creates the defaults.
  package init() {}

  /// Checks that nothing is missing or contradictory, and every hyperparameter's range.
  ///
  /// - Throws: `ConfigurationError`.
  package func validate() throws {
    if data.path.isEmpty { throw Self.missing("data.path") }
    if let low = data.lowestRating, let high = data.highestRating, low >= high {
      throw Self.unfit(
        "data.highest_rating", found: high.asWritten,
        expected: "more than \(Self.named("data.lowest_rating")), which is \(low.asWritten)")
    }
    for preset in RecommenderPreset.allCases { _ = try towers(preset) }
    if let preset = model.preset, preset.hasGraph, model.loss == .squaredError {
      throw Self.unfit(
        "model.loss", found: "'squared_error'",
        expected: "'softmax' with the preset '\(preset.rawValue)'")
    }
  }

  /// The towers' configuration: the preset with what differs from it.
  ///
  /// - Throws: `ConfigurationError`.
  func towers(_ preset: RecommenderPreset) throws -> TwoTowerConfiguration {
    try Self.layers.check(self)
    var towers = TwoTowerConfiguration(preset: preset.towers)
    model.write(to: &towers)
    towers.validationK = judging.k
    do { return try towers.validated() } catch RecommenderError.parameterOutOfRange(
      let name, let found, let expected)
    {
      throw Self.unfit("model.\(name)", found: found, expected: expected)
    }
  }

  /// Whether a column that is called like one of ratings is taken for one; a preset other than `lab`
  /// says that the table has none.
  var looksForRatings: Bool { (model.preset ?? .lab) == .lab || model.loss == .squaredError }

  /// Which interactions are set aside to judge and to validate on.
  func split(_ towers: TwoTowerConfiguration, hasTimes: Bool) -> Split {
    judging.split ?? (towers.loss == .squaredError && !hasTimes ? .anywhere : .perUser)
  }

  /// The interactions as messages name them.
  var shownData: String { LocationText.shown(data.path) }

  /// The tables that are read.
  package var inputs: [String] {
    [data.path] + [data.users, data.items, judging.test].compactMap(\.self)
  }

  /// The configuration as run.toml has it.
  package var recorded: RecommenderConfiguration {
    var result = self
    result.data.path = LocationText.recorded(data.path)
    result.data.users = data.users.map(LocationText.recorded)
    result.data.items = data.items.map(LocationText.recorded)
    result.judging.test = judging.test.map(LocationText.recorded)
    return result
  }
}

/// A model that the towers are shown beside.
package enum RecommenderBaseline: String, Codable, Sendable, CaseIterable {
  /// The items that most users took, for everybody.
  case popularity
  /// Implicit alternating least squares.
  case ials
  /// A linear item-to-item model in closed form.
  case ease
  /// The graph filter.
  case graph
  /// Biases and factors of ratings, by alternating least squares; nothing for tables without
  /// ratings.
  case factors

  /// Whether it recommends items; others only predict ratings.
  var ranks: Bool { self != .factors }
}

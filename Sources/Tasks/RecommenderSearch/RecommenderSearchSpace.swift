// Which hyperparameters of two towers are searched and between which bounds, and the points that
// are tried first.
import Recommender
import Tuning

/// The search space of two towers.
struct RecommenderSearchSpace {
  /// Which losses trials may have.
  enum Losses {
    case softmax, squaredError, both
  }

  /// The hidden layers that are tried, by the words for them; linear towers have none.
  private static let linear = "none"
  private static let hiddenLayers = [linear, "128", "256,128"]

  let space: SearchSpace
  let losses: Losses

  /// Builds the space: parameters that a configuration sets are left out.
  ///
  /// The number of epochs is never searched: early stopping finds it in every trial.
  ///
  /// - Parameters:
  ///   - entities: how many users or items there are, whichever are fewer.
  ///   - dropsIDs: whether there are both ids and features, so that hiding ids makes a difference.
  /// - Throws: `ConfigurationError.conflict` if nothing is left to search.
  init(
    _ losses: Losses, entities: Int, dropsIDs: Bool, configuration: RecommenderConfiguration
  ) throws {
    self.losses = losses
    // Vectors need not be wider than there are entities.
    let widest = (max(entities, 32) + 15) / 16 * 16
    var parameters: [(String, SearchParameter.Domain)] =
      switch losses {
      case .softmax:
        [
          ("dimension", .integer(16...min(256, widest), step: 16)),
          ("learning_rate", .float(2e-3...0.1, isLog: true)),
          ("weight_decay", .float(1e-4...1, isLog: true)),
          ("temperature", .float(0.05...1, isLog: true)),
        ]
      case .squaredError:
        [
          ("dimension", .integer(8...min(64, widest), step: 8)),
          ("learning_rate", .float(5e-5...5e-3, isLog: true)),
          ("weight_decay", .float(1e-3...10, isLog: true)),
          ("hidden", .category(Self.hiddenLayers)),
        ]
      case .both:
        [
          ("loss", .category([TwoTowerConfiguration.Loss.softmax, .squaredError].map(\.rawValue))),
          ("dimension", .integer(16...min(256, widest), step: 16)),
          ("learning_rate", .float(5e-5...0.1, isLog: true)),
          ("weight_decay", .float(1e-4...1, isLog: true)),
          ("temperature", .float(0.05...1, isLog: true)),
          ("hidden", .category(Self.hiddenLayers)),
        ]
      }
    if dropsIDs { parameters.append(("id_dropout", .float(0...0.5))) }
    let searched = try parameters.filter { name, _ in
      Self.setting(name).read(configuration) == nil
    }.map { try SearchParameter($0, $1) }
    guard !searched.isEmpty else {
      throw ConfigurationError.conflict("a search", "a value for every hyperparameter")
    }
    space = try SearchSpace(searched)
  }

  /// A configuration with the values of a point.
  func configuration(
    of point: [Double], in base: RecommenderConfiguration
  ) -> RecommenderConfiguration {
    var result = base
    for (name, value) in space.values(of: point) {
      let written: ConfigurationValue =
        name == "hidden"
        ? .list(value == .category(Self.linear) ? [] : [Self.text(value)])
        : value.configurationValue
      Self.setting(name).write(&result, written)
    }
    return result
  }

  /// Points worth trying before anything is known: the defaults, then what is good on other data.
  func startingPoints() -> [[Double]] {
    let softmax = Self.values(TwoTowerConfiguration(preset: .retrieval))
    let rated = Self.values(TwoTowerConfiguration(preset: .lab))
    let changes: [[String: ParameterValue]] =
      switch losses {
      case .softmax: Self.softmaxChanges
      case .squaredError: Self.ratedChanges
      case .both: []
      }
    let points: [[String: ParameterValue]] =
      switch losses {
      case .softmax: changes.map { softmax.merging($0) { $1 } }
      case .squaredError: changes.map { rated.merging($0) { $1 } }
      case .both:
        [rated, softmax]
          + Self.softmaxChanges.dropFirst().map { softmax.merging($0) { $1 } }
      }
    return points.map { values in
      space.parameters.map { parameter in
        switch values[parameter.name] {
        case .number(let number): parameter.nearest(to: number)
        case .integer(let integer): parameter.nearest(to: Double(integer))
        case let category?: parameter.number(of: category) ?? 0
        case nil: parameter.nearest(to: 0)
        }
      }
    }
  }

  private static let softmaxChanges: [[String: ParameterValue]] = [
    [:],
    ["dimension": .integer(128), "temperature": .number(0.15)],
    // Much data about everybody, and little.
    [
      "dimension": .integer(192), "learning_rate": .number(5e-3), "temperature": .number(0.14),
      "weight_decay": .number(0.1),
    ],
    [
      "dimension": .integer(128), "learning_rate": .number(0.05), "temperature": .number(0.4),
      "weight_decay": .number(0.3), "id_dropout": .number(0.4),
    ],
  ]

  private static let ratedChanges: [[String: ParameterValue]] = [
    [:],
    ["learning_rate": .number(1e-4), "weight_decay": .number(2)],
    [
      "hidden": .category(linear), "learning_rate": .number(2e-4), "weight_decay": .number(4),
      "id_dropout": .number(0.1),
    ],
    ["hidden": .category("128"), "learning_rate": .number(1e-4), "weight_decay": .number(1)],
  ]

  /// The values of towers by the names of the parameters.
  private static func values(_ towers: TwoTowerConfiguration) -> [String: ParameterValue] {
    [
      "loss": .category(towers.loss.rawValue), "dimension": .integer(towers.dimension),
      "learning_rate": .number(towers.learningRate), "weight_decay": .number(towers.weightDecay),
      "temperature": .number(towers.temperature), "id_dropout": .number(towers.idDropout),
      "hidden": .category(
        towers.hidden.isEmpty ? linear : towers.hidden.map(String.init).joined(separator: ",")),
    ]
  }

  private static func text(_ value: ParameterValue) -> String {
    if case .category(let text) = value { text } else { "" }
  }

  private static func setting(_ name: String) -> Setting<RecommenderConfiguration> {
    guard
      let setting = RecommenderConfiguration.settings.first(where: { $0.key == "model.\(name)" })
    else { preconditionFailure("there is no setting model.\(name)") }
    return setting
  }
}

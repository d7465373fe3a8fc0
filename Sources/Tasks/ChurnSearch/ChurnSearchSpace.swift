// Which hyperparameters are searched and between which bounds, and the points that are tried first.
import GradientBoosting
import Tables
import Tuning

/// The search space of a churn booster.
struct ChurnSearchSpace {
  let space: SearchSpace

  /// Builds the space for a table: parameters that a configuration sets are left out.
  ///
  /// The number of trees is never searched: early stopping finds it in every trial.
  ///
  /// - Parameter rows: how many rows a training learns from.
  /// - Throws: `ConfigurationError.conflict` if nothing is left to search.
  init(rows: Int, features: [Column], configuration: ChurnConfiguration) throws {
    let isSmall = rows < 20_000
    var parameters: [(String, SearchParameter.Domain)] = [
      ("learning_rate", .float(0.01...0.3, isLog: true)),
      ("num_leaves", .integer(4...(isSmall ? 128 : 512), isLog: true)),
      ("min_data_in_leaf", .integer(1...max(2, min(200, rows / 20)), isLog: true)),
      ("lambda_l1", .float(1e-3...10, isLog: true)),
      ("lambda_l2", .float(1e-3...100, isLog: true)),
      ("min_gain_to_split", .float(1e-3...10, isLog: true)),
      ("feature_fraction", .float(0.2...1)),
      ("bagging_fraction", .float(0.4...1)),
    ]
    if Self.hasSetSplits(features, configuration.boosting) {
      parameters += [
        ("cat_smooth", .float(1e-2...100, isLog: true)),
        ("cat_l2", .float(1e-2...100, isLog: true)),
      ]
    }
    let defaults = ChurnConfiguration()
    let searched = try parameters.filter { name, _ in
      let setting = Self.setting(name)
      return setting.read(configuration) == setting.read(defaults)
    }.map { try SearchParameter($0, $1) }
    guard !searched.isEmpty else {
      throw ConfigurationError.conflict("a search", "a value for every hyperparameter")
    }
    space = try SearchSpace(searched)
  }

  /// A configuration with the values of a point.
  func configuration(of point: [Double], in base: ChurnConfiguration) -> ChurnConfiguration {
    var result = base
    for (name, value) in space.values(of: point) {
      Self.setting(name).write(&result, value.configurationValue)
    }
    return result
  }

  /// The point of a configuration; what it leaves open is as in another point.
  func point(
    of configuration: ChurnConfiguration, otherwise usual: [Double]
  ) -> [Double] {
    zip(space.parameters, usual).map { parameter, number in
      switch Self.setting(parameter.name).read(configuration) {
      case .number(let wish): parameter.nearest(to: wish)
      case .integer(let wish): parameter.nearest(to: Double(wish))
      default: number
      }
    }
  }

  /// Points worth trying before anything is known, best bets first: the defaults of this program
  /// and of LightGBM, many small and much regularised trees, and few large ones.
  func startingPoints(rows: Int) throws -> [[Double]] {
    let own = try BoostingConfiguration().resolved(rows: rows).configuration
    let defaults: [String: Double] = [
      "learning_rate": own.learningRate ?? 0.05, "num_leaves": Double(own.numLeaves ?? 31),
      "min_data_in_leaf": Double(own.minDataInLeaf ?? 20), "lambda_l1": own.lambdaL1,
      "lambda_l2": own.lambdaL2 ?? 1, "min_gain_to_split": own.minGainToSplit,
      "feature_fraction": own.featureFraction ?? 1, "bagging_fraction": own.baggingFraction ?? 1,
      "cat_smooth": own.catSmooth, "cat_l2": own.catL2,
    ]
    let changes: [[String: Double]] = [
      [:],
      [
        "learning_rate": 0.1, "num_leaves": 31, "min_data_in_leaf": 20, "lambda_l2": 0,
        "feature_fraction": 1,
      ],
      [
        "learning_rate": 0.06, "num_leaves": 4, "min_data_in_leaf": 3, "lambda_l1": 5,
        "lambda_l2": 30, "feature_fraction": 0.54,
      ],
      rows < 20_000
        ? [
          "learning_rate": 0.05, "num_leaves": 8, "lambda_l2": 10, "feature_fraction": 0.4,
          "bagging_fraction": 0.7,
        ]
        : [
          "learning_rate": 0.03, "num_leaves": 128, "min_data_in_leaf": 3, "feature_fraction": 0.9,
        ],
    ]
    return changes.map { change in
      space.parameters.map { parameter in
        parameter.nearest(to: change[parameter.name] ?? defaults[parameter.name] ?? 0)
      }
    }
  }

  /// Whether there is a column of categories that is split by sets of them.
  private static func hasSetSplits(
    _ features: [Column], _ configuration: BoostingConfiguration
  ) -> Bool {
    features.contains { column in
      guard case .category(let values) = column.values else { return false }
      return values.levels.count > configuration.maxCatToOnehot
        && values.levels.count <= configuration.maxCatLevels
    }
  }

  private static func setting(_ name: String) -> Setting<ChurnConfiguration> {
    guard let setting = ChurnConfiguration.settings.first(where: { $0.key == "boosting.\(name)" })
    else { preconditionFailure("there is no setting boosting.\(name)") }
    return setting
  }
}

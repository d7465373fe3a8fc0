// Which hyperparameters are searched and between which bounds, and the points that are tried first.
import Configuration
import GradientBoosting
import LearningTasks
import Tables
import Tuning

/// The search space of a booster.
struct BoosterSearchSpace {
  /// Successive halving; progress is rounds times learning rate.
  static let asha = ASHAPruner(firstStage: 1.5, stageFactor: 2, passingShare: 0.4)

  let space: SearchSpace

  /// Builds the space for a table: parameters that a configuration sets are left out.
  ///
  /// The number of trees is never searched: early stopping finds it in every trial.
  ///
  /// - Parameter rows: how many rows a training learns from.
  /// - Throws: `ConfigurationError.conflict` if nothing is left to search.
  init(rows: Int, features: [Column], configuration booster: BoostingConfiguration) throws {
    // Small tables get small trees.
    let most = ["num_leaves": rows < 20_000 ? 128 : Int.max, "min_data_in_leaf": max(2, rows / 20)]
    let ofSets = ["cat_smooth", "cat_l2"]
    let names =
      BoostingConfiguration.settings.map(\.key).filter { !ofSets.contains($0) }
      + (Self.hasSetSplits(features, booster) ? ofSets : [])
    let defaults = BoostingConfiguration()
    let searched = try names.compactMap { name -> SearchParameter? in
      let setting = Self.setting(name)
      guard let domain = setting.domain(beside: booster),
        setting.read(booster) == setting.read(defaults)
      else { return nil }
      return try SearchParameter(
        name, SearchParameter.Domain(domain.limited(to: most[name] ?? .max)))
    }
    guard !searched.isEmpty else {
      throw ConfigurationError.conflict("a search", "a value for every hyperparameter")
    }
    space = try SearchSpace(searched)
  }

  /// Checks that trials can find their number of trees.
  ///
  /// - Throws: `ConfigurationError.unfit`.
  static func checkStopping(_ booster: BoostingConfiguration) throws {
    if booster.earlyStoppingRounds == 0 {
      throw ConfigurationError.unfit(
        key: "boosting.early_stopping_rounds",
        flag: BoostingConfiguration.settings["early_stopping_rounds"]?.flag.name, found: "0",
        expected: "at least 1: a search finds the number of trees by early stopping")
    }
  }

  /// A configuration with the values of a point.
  func configuration(
    of point: [Double], in base: BoostingConfiguration
  ) -> BoostingConfiguration {
    var result = base
    for (name, value) in space.values(of: point) {
      Self.setting(name).write(&result, value.configurationValue)
    }
    return result
  }

  /// The configuration of a final training, which needs no validation rows to find its trees.
  func final(
    of point: [Double], steps: Int, in given: BoostingConfiguration
  ) -> BoostingConfiguration {
    var final = configuration(of: point, in: given)
    final.numTrees = steps
    final.earlyStoppingRounds = 0
    return final
  }

  /// The point of a configuration; what it leaves open is as in another point.
  func point(
    of configuration: BoostingConfiguration, otherwise usual: [Double]
  ) -> [Double] {
    zip(space.parameters, usual).map { parameter, number in
      parameter.number(nearest: Self.setting(parameter.name).read(configuration))
        ?? number
    }
  }

  /// Points worth trying before anything is known, best bets first: the defaults of this program
  /// and of LightGBM, many small and much regularised trees, and few large ones.
  func startingPoints(rows: Int) throws -> [[Double]] {
    let own = try BoostingConfiguration().resolved(rows: rows).configuration
    let changes: [[String: ConfigurationValue]] = [
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
      space.parameters.map {
        $0.number(nearest: change[$0.name] ?? Self.setting($0.name).read(own)) ?? 0
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

  private static func setting(_ name: String) -> Setting<BoostingConfiguration> {
    guard let setting = BoostingConfiguration.settings[name] else {
      preconditionFailure("there is no hyperparameter \(name)")
    }
    return setting
  }
}

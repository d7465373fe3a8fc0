// Which hyperparameters of two towers are searched and between which bounds, and the points that
// are tried first.
import Configuration
import LearningTasks
import Recommender
import Tuning

/// The search space of two towers.
struct RecommenderSearchSpace {
  /// Which losses trials may have.
  enum Losses: String {
    case softmax, both
    case squaredError = "squared_error"
  }

  /// What may be searched, in the order in which samplers draw.
  private static let names = [
    "loss", "dimension", "learning_rate", "weight_decay", "temperature", "hidden", "id_dropout",
  ]

  /// The most that learning rate times weight decay may come to where one of them is fixed; towers
  /// cannot be trained from 1 on.
  private static let mostDecay = 0.99

  let space: SearchSpace
  let losses: Losses
  /// The towers that nothing has been searched of yet.
  private let fixed: TwoTowerConfiguration

  /// Builds the space: parameters that a configuration sets are left out.
  ///
  /// The number of epochs is never searched: early stopping finds it in every trial.
  ///
  /// - Parameters:
  ///   - fixed: the towers that nothing has been searched of yet.
  ///   - entities: how many users or items there are, whichever are fewer.
  ///   - dropsIDs: whether there are both ids and features, so that hiding ids makes a difference.
  /// - Throws: `ConfigurationError.conflict` if nothing is left to search, `.refused` if a value
  ///   that is set leaves nothing of what is searched beside it.
  init(
    _ losses: Losses, fixed: TwoTowerConfiguration, entities: Int, dropsIDs: Bool,
    configuration: RecommenderConfiguration
  ) throws {
    self.losses = losses
    self.fixed = fixed
    let model = configuration.model
    // Vectors need not be wider than there are entities.
    let widest = (max(entities, 32) + 15) / 16 * 16
    let searched = try Self.names.compactMap { name -> SearchParameter? in
      guard Self.setting(name).read(model) == nil, dropsIDs || name != "id_dropout",
        var domain = Self.domain(of: name, losses, beside: fixed)
      else { return nil }
      switch name {
      case "learning_rate":
        domain = try Self.limited(
          domain, of: name, by: model.weightDecay, "weight_decay", "model.weight_decay")
      case "weight_decay":
        domain = try Self.limited(
          domain, of: name, by: model.learningRate, "learning_rate",
          RecommenderConfiguration.named("model.learning_rate"))
      case "dimension": domain = domain.limited(to: widest)
      default: break
      }
      return try SearchParameter(name, SearchParameter.Domain(domain))
    }
    guard !searched.isEmpty else {
      throw ConfigurationError.conflict("a search", "a value for every hyperparameter")
    }
    space = try SearchSpace(searched)
  }

  /// The values that are tried for a hyperparameter; nil for none.
  private static func domain(
    of name: String, _ losses: Losses, beside fixed: TwoTowerConfiguration
  ) -> SearchDomain? {
    var (softmax, rated) = (fixed, fixed)
    (softmax.loss, rated.loss) = (.softmax, .squaredError)
    guard let setting = TwoTowerConfiguration.settings[name] else { return nil }
    let (first, second) = (setting.domain(beside: softmax), setting.domain(beside: rated))
    switch losses {
    case .softmax: return first
    case .squaredError: return second
    case .both:
      if name == "loss" {
        return .category([TwoTowerConfiguration.Loss.softmax, .squaredError].map(\.rawValue))
      }
      // Each loss needs rates of its own.
      if name == "learning_rate", case .float(let high, let isLog) = first,
        case .float(let low, _) = second
      {
        return .float(low.lowerBound...high.upperBound, isLog: isLog)
      }
      return first ?? second
    }
  }

  /// A configuration with the values of a point.
  func configuration(
    of point: [Double], in base: RecommenderConfiguration
  ) -> RecommenderConfiguration {
    var result = base
    for (name, value) in space.values(of: point) {
      var written = value.configurationValue
      if name == "hidden", case .text(let widths) = written {
        written = .list(widths == TwoTowerConfiguration.linear ? [] : [widths])
      }
      Self.setting(name).write(&result.model, written)
    }
    return result
  }

  /// Keeps a product with a fixed value below 1.
  private static func limited(
    _ domain: SearchDomain, of name: String, by fixed: Double?, _ other: String, _ key: String
  ) throws -> SearchDomain {
    guard case .float(let range, let isLog) = domain, let fixed,
      fixed * range.upperBound > mostDecay
    else { return domain }
    guard fixed * range.lowerBound <= mostDecay else {
      throw RecommenderConfiguration.unfit(
        key, found: fixed.asWritten,
        expected: "at most \(Int(mostDecay / range.lowerBound)): \(name) is searched from "
          + "\(range.lowerBound), and \(other) times \(name) must be below 1")
    }
    return .float(
      range.lowerBound...max(range.lowerBound, mostDecay / fixed), isLog: isLog)
  }

  /// The point among some whose loss an earlier study had, for what that study has not searched.
  ///
  /// - Parameters:
  ///   - trial: a trial of that study.
  ///   - studied: the losses of that study, as its description has them.
  func filling(
    _ trial: StudyFile.FinishedTrial, studied: String?, among points: [[Double]]
  ) -> [Double] {
    var loss = studied
    if case .text(let own) = trial.params["loss"] { loss = own }
    let place = space.parameters.firstIndex { $0.name == "loss" }
    guard let loss, let place, let wish = space.parameters[place].number(of: .category(loss))
    else { return points[0] }
    return points.first { $0[place] == wish } ?? points[0]
  }

  /// Points worth trying before anything is known: what training without a search does, then what is
  /// good on other data.
  ///
  /// Some may be equal.
  func startingPoints() -> [[Double]] {
    let isRated = losses == .squaredError
    let preset = TwoTowerConfiguration(preset: isRated ? .lab : .retrieval)
    let known = (isRated ? Self.ratedChanges : Self.softmaxChanges).map { (preset, $0) }
    return ([(fixed, [:])] + known).map { towers, change in
      space.parameters.map { parameter in
        var value =
          change[parameter.name] ?? TwoTowerConfiguration.settings[parameter.name]?.read(towers)
        if case .list(let widths) = value {
          value = .text(
            widths.isEmpty ? TwoTowerConfiguration.linear : widths.joined(separator: ","))
        }
        return parameter.number(nearest: value) ?? 0
      }
    }
  }

  private static let softmaxChanges: [[String: ConfigurationValue]] = [
    [:],
    ["dimension": 128, "temperature": 0.15],
    // Much data about everybody, and little.
    ["dimension": 192, "learning_rate": 5e-3, "temperature": 0.14, "weight_decay": 0.1],
    [
      "dimension": 128, "learning_rate": 0.05, "temperature": 0.4, "weight_decay": 0.3,
      "id_dropout": 0.4,
    ],
  ]

  private static let ratedChanges: [[String: ConfigurationValue]] = [
    [:],
    ["learning_rate": 1e-4, "weight_decay": 2],
    ["hidden": .list([]), "learning_rate": 2e-4, "weight_decay": 4, "id_dropout": 0.1],
    ["hidden": .list(["128"]), "learning_rate": 1e-4, "weight_decay": 1],
  ]

  private static func setting(_ name: String) -> Setting<RecommenderConfiguration.Model> {
    guard let setting = RecommenderConfiguration.Model.hyperparameters[name] else {
      preconditionFailure("there is no hyperparameter \(name)")
    }
    return setting
  }
}

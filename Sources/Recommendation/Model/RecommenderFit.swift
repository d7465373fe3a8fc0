// Trainings of the towers on some of the interactions.
import LearningTasks
import NumericCore
import Recommender

/// Trains towers on parts of one data set.
struct RecommenderFit {
  let data: RecommenderData
  let configuration: RecommenderConfiguration
  /// What ranks: what was asked for, or the best of the candidates.
  var preset: RecommenderPreset
  /// What a training on a part of the interactions has found.
  var known = KnownValues()
  let towers: TwoTowerConfiguration
  let context: RunContext

  /// Towers with the encoders that their features came through.
  struct Trained {
    let fitted: FittedTwoTower
    /// The graph that ranks in place of the towers; nil without one.
    let graph: ItemGraph?
    /// What ranks items.
    let scorer: any ItemScorer
    let users: EntityEncoding
    let items: EntityEncoding
    /// The interactions that were learnt from.
    let interactions: Interactions
  }

  var userCount: Int { data.users.count }
  var itemCount: Int { data.items.count }
  var random: CounterRandom { CounterRandom(seed: UInt64(configuration.seed)) }

  /// Trains with early stopping on a part of the rows, then again on all of them for as many epochs
  /// as were best.
  ///
  /// - Throws: `RecommenderError`, `PreprocessingError`; `TaskError.cancelled`.
  func trained(_ pairs: RatedPairs, phase: String) throws -> Trained {
    guard isValidating else {
      return try trained(pairs, validation: nil, towers, phase: phase)
    }
    if let epochs = known.epochs { return try trained(pairs, epochs: epochs, phase: phase) }
    let split = validationSplit(of: pairs)
    guard !split.test.isEmpty else {
      return try trained(pairs, validation: nil, towers, phase: phase)
    }
    let searched = try trained(
      pairs.selecting(split.train), validation: pairs.selecting(split.test), towers,
      phase: "\(phase): finding the number of epochs")
    return try trained(pairs, epochs: searched.fitted.bestEpoch, phase: phase)
  }

  /// Whether a validation part finds the number of epochs.
  var isValidating: Bool { towers.patience > 0 && configuration.model.validationFraction > 0 }

  /// Trains on all rows for a number of epochs.
  func trained(
    _ pairs: RatedPairs, epochs: Int, phase: String
  ) throws -> Trained {
    var towers = towers
    towers.epochs = epochs
    towers.patience = 0
    return try trained(pairs, validation: nil, towers, phase: phase)
  }

  /// The rows that early stopping validates on, and those that it learns from meanwhile.
  func validationSplit(of pairs: RatedPairs) -> RecommenderSplit {
    division(
      of: pairs, share: configuration.model.validationFraction, random: random.split(1))
  }

  /// The rows that the trials of a search are compared on, and those that they learn from.
  ///
  /// - Throws: `RecommendationError.tooFewToValidate`.
  func comparingSplit(of pairs: RatedPairs) throws -> RecommenderSplit {
    guard let split = comparableSplit(of: pairs) else {
      throw RecommendationError.tooFewToValidate(
        count: pairs.count, share: configuration.model.validationFraction,
        data: configuration.shownData)
    }
    return split
  }

  /// The rows that models are compared on, and those that they learn from: the validation part, or a
  /// share of all rows where no user has enough; nil where that is none.
  func comparableSplit(of pairs: RatedPairs) -> RecommenderSplit? {
    let usual = validationSplit(of: pairs)
    guard usual.test.isEmpty else { return usual }
    let any = RecommenderSplit.anywhere(
      count: pairs.count, share: configuration.model.validationFraction, random: random.split(1))
    return any.test.isEmpty ? nil : any
  }

  /// Sets a share of the rows aside, as the configuration says or as fits what is learnt.
  func division(of pairs: RatedPairs, share: Double, random: CounterRandom) -> RecommenderSplit {
    switch configuration.split(towers, hasTimes: pairs.times != nil) {
    case .anywhere: .anywhere(count: pairs.count, share: share, random: random)
    case .perUser: .perUser(pairs, share: share, userCount: userCount, random: random)
    }
  }

  func trained(
    _ pairs: RatedPairs, validation: RatedPairs?, _ towers: TwoTowerConfiguration, phase: String
  ) throws -> Trained {
    try context.begin(phase)
    let users = try EntityEncoding(data.userFeatures, rows: pairs.users)
    let items = try EntityEncoding(data.itemFeatures, rows: pairs.items)
    let interactions = try pairs.interactions(userCount: userCount, itemCount: itemCount)
    let held = try validation?.interactions(userCount: userCount, itemCount: itemCount)
    do {
      let fitted = try context.measure(.train) {
        try TwoTower.fit(
          interactions,
          users: inputs(try users.features(data.userFeatures, side: "user"), towers),
          items: inputs(try items.features(data.itemFeatures, side: "item"), towers),
          validation: held, configuration: towers, seed: UInt64(configuration.seed),
          pool: context.pool
        ) { report in
          context.progress(
            .round(
              RoundProgress(
                round: report.epoch, rounds: towers.epochs,
                validationLoss: report.validationRMSE ?? report.validationNDCG)))
          return !context.isCancelled()
        }
      }
      // The number of epochs does not depend on a graph.
      let graph = held == nil ? try itemGraph(of: preset, interactions)?.graph : nil
      let vectors = try VectorScorer(users: fitted.users.vectors, items: fitted.items.vectors)
      let scorer: any ItemScorer =
        graph.map { GraphScorer(graph: $0, taken: interactions.byUser, vectors: vectors) }
        ?? vectors
      return Trained(
        fitted: fitted, graph: graph, scorer: scorer, users: users, items: items,
        interactions: interactions)
    } catch RecommenderError.cancelled {
      throw TaskError.cancelled
    }
  }

  /// Tells of users and items of whom nothing is known, neither interactions nor features.
  func warnOfZeros(_ trained: Trained) {
    context.warnOfZeros(trained.fitted.users.zeros, side: "user", names: data.users.names)
    context.warnOfZeros(trained.fitted.items.zeros, side: "item", names: data.items.names)
  }

  /// What a tower sees: features, and the id where it is wanted.
  func inputs(_ features: EntityFeatures, _ towers: TwoTowerConfiguration) -> TowerInputs {
    TowerInputs(features: features, usesID: towers.usesID)
  }
}

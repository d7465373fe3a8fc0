// One training of two towers: epochs, validation, and the return to the best epoch.

internal import NumericCore

/// The state of a training.
final class TwoTowerRun {
  private let interactions: Interactions
  private let validation: Interactions?
  private let lists: ValidationLists?
  private let configuration: TwoTowerConfiguration
  private let users: TowerSide
  private let items: TowerSide
  private let steps: any TrainingSteps
  private let pool: WorkerPool
  private let start = ContinuousClock().now

  init(
    _ interactions: Interactions, _ userInputs: TowerInputs, _ itemInputs: TowerInputs,
    validation: Interactions?, configuration: TwoTowerConfiguration, random: CounterRandom,
    pool: WorkerPool
  ) throws {
    self.interactions = interactions
    self.validation = validation.flatMap { $0.count > 0 ? $0 : nil }
    lists = self.validation.map {
      ValidationLists(
        $0, taken: interactions.byUser, k: configuration.validationK, random: random.split(4))
    }
    self.configuration = configuration
    self.pool = pool
    users = try TowerSide(
      userInputs, interactions: interactions.byUser, side: "user", configuration: configuration,
      random: random.split(0))
    items = try TowerSide(
      itemInputs, interactions: interactions.byItem, side: "item", configuration: configuration,
      random: random.split(1))
    steps =
      switch configuration.loss {
      case .softmax:
        SoftmaxSteps(interactions, configuration: configuration, random: random.split(2))
      case .squaredError:
        RatingSteps(interactions, configuration: configuration, random: random.split(2))
      }
    if configuration.warmStartIterations > 0 { try warmStart(random) }
  }

  /// Lets the embeddings of ids begin with the directions of a few iterations of least squares.
  private func warmStart(_ random: CounterRandom) throws {
    guard configuration.loss == .softmax, configuration.dimension > 1, users.canWarmStart,
      items.canWarmStart
    else { return }
    var leastSquares = ImplicitALSConfiguration()
    leastSquares.regularization = 0.01
    leastSquares.unobservedWeight = 0.1
    leastSquares.factors = configuration.dimension - 1
    leastSquares.iterations = configuration.warmStartIterations
    let factors = try ImplicitALS.fit(
      interactions, configuration: leastSquares, seed: random.split(3).bits(at: 0), pool: pool)
    let first = WarmStart(factors)
    users.warmStart(first.users)
    items.warmStart(first.items)
  }

  func fit(onEpoch: ((EpochReport) -> Bool)?) throws -> FittedTwoTower {
    let clock = ContinuousClock()
    var (training, validating) = (Duration.zero, Duration.zero)
    var history: [EpochReport] = []
    var best: (model: TwoTowerModel, epoch: Int, score: Double)?
    for epoch in 1...configuration.epochs {
      let epochStart = clock.now
      let loss = steps.epoch(epoch, users: users, items: items, pool: pool)
      users.settle(pool: pool)
      items.settle(pool: pool)
      training += clock.now - epochStart
      guard loss.isFinite else { throw RecommenderError.diverged(epoch: epoch) }
      let epochEnd = clock.now
      let (ndcg, rmse) = validate()
      let now = clock.now
      validating += now - epochEnd
      history.append(
        EpochReport(
          epoch: epoch, loss: loss, validationNDCG: ndcg, validationRMSE: rmse,
          seconds: (now - start) / .seconds(1),
          trainingSeconds: (now - start - validating) / .seconds(1)))
      if let onEpoch, !onEpoch(history[epoch - 1]) { throw RecommenderError.cancelled }
      guard let score = configuration.loss == .softmax ? ndcg : rmse.map({ -$0 }) else { continue }
      if score > best?.score ?? -.infinity { best = (model, epoch, score) }
      if let best, configuration.patience > 0, epoch - best.epoch >= configuration.patience {
        break
      }
    }
    let model = best?.model ?? model
    let encoded = (
      try model.user.encode(users.inputs, pool: pool),
      try model.item.encode(items.inputs, pool: pool)
    )
    return FittedTwoTower(
      model: model, users: encoded.0, items: encoded.1, history: history,
      bestEpoch: best?.epoch ?? history.count,
      samplesPerSecond: Double(interactions.count * history.count) / (training / .seconds(1)))
  }

  private var model: TwoTowerModel { TwoTowerModel(user: users.tower, item: items.tower) }

  /// The quality of the towers as they are on the validation data.
  private func validate() -> (ndcg: Double?, rmse: Double?) {
    guard let validation, let lists else { return (nil, nil) }
    users.encodeAll(pool: pool)
    items.encodeAll(pool: pool)
    let (userVectors, itemVectors) = (users.pass.output, items.pass.output)
    let ndcg = lists.ndcg(userVectors, itemVectors, pool: pool)
    guard configuration.loss == .squaredError, validation.isRated else { return (ndcg, nil) }
    return (ndcg, RatingError.rootMeanSquare(userVectors, itemVectors, validation))
  }
}

/// One pass over the data in steps.
protocol TrainingSteps {
  /// Makes the steps of an epoch and returns the mean of their losses.
  func epoch(_ epoch: Int, users: TowerSide, items: TowerSide, pool: WorkerPool) -> Double
}

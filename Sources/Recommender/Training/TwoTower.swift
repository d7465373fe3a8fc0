// The entry point of training two towers.

public import NumericCore

/// Two-tower models.
public enum TwoTower {
  /// Trains two towers.
  ///
  /// With validation data, training stops when their NDCG (for squared error: their root mean
  /// squared error) no longer gets better, and the towers of the best epoch are returned. The
  /// result is a function of the data, the configuration and the seed for one build of BLAS, which
  /// is set to one thread; it does not depend on the pool.
  ///
  /// - Parameters:
  ///   - interactions: who took what; with ratings where the loss needs them.
  ///   - userInputs: what the user tower sees, for each user of `interactions`.
  ///   - itemInputs: what the item tower sees, for each item of `interactions`.
  ///   - validation: other interactions of the same users and items.
  ///   - onEpoch: called after every epoch; training is cancelled when it returns false.
  /// - Throws: `RecommenderError`.
  public static func fit(
    _ interactions: Interactions, users userInputs: TowerInputs, items itemInputs: TowerInputs,
    validation: Interactions? = nil, configuration: TwoTowerConfiguration, seed: UInt64,
    pool: WorkerPool, onEpoch: ((EpochReport) -> Bool)? = nil
  ) throws -> FittedTwoTower {
    let configuration = try configuration.validated()
    precondition(userInputs.count == interactions.users, "inputs of \(userInputs.count) users")
    precondition(itemInputs.count == interactions.items, "inputs of \(itemInputs.count) items")
    guard interactions.count > 0 else { throw RecommenderError.noInteractions }
    if configuration.loss == .squaredError {
      guard interactions.isRated else { throw RecommenderError.noRatings }
    }
    let run = try TwoTowerRun(
      interactions, userInputs, itemInputs, validation: validation, configuration: configuration,
      random: CounterRandom(seed: seed), pool: pool)
    return try run.fit(onEpoch: onEpoch)
  }
}

// A fit that can be carried on round by round, so that several share the threads fairly.

public import NumericCore
internal import Tables

/// The training of one booster, round by round.
///
/// With early stopping, a part of the rows (`validation_fraction`, stratified by label for the
/// binary objective) is held back and training stops when its loss no longer falls. With `refit`,
/// the final model is then trained on all rows with as many trees as were best, so no row is lost
/// to validation; without, the first model is cut at its best round.
///
/// A training that continues from a model adds trees to it: the scores of all rows start where that
/// model leaves them, its bins and trees stay as they are, and early stopping, `refit` and the number
/// of trees concern the new trees alone. The new trees have bins of their own, chosen on the new data.
///
/// The result is a function of data, configuration and seed: it does not depend on the pool. One
/// thread at a time may call a session.
public final class BoostingSession<Loss: Objective>: @unchecked Sendable {
  private let setting: BoostingSetting<Loss>
  private let rows: [Int32]
  private let onRound: ((RoundReport) -> Bool)?
  private var trainer: BoostingTrainer<Loss>?
  /// Whether the first training holds rows back.
  private var holdsBack = false
  /// The first training, once the second has begun.
  private var searched: FittedBoosting?
  /// The result, once training has ended.
  public private(set) var result: FittedBoosting?
  /// The rounds that have ended, those of both trainings together.
  public private(set) var rounds = 0

  /// Prepares a fit; see `GradientBoosting.fit` for what the parameters mean.
  ///
  /// - Throws: `GradientBoostingError`.
  public init(
    _ data: TrainingData, rows: [Int32]? = nil, objective: Loss = BinaryLogLoss(),
    configuration: BoostingConfiguration, continuingFrom old: BoostedTrees? = nil, seed: UInt64,
    pool: WorkerPool, onRound: ((RoundReport) -> Bool)? = nil
  ) throws {
    let rows = rows ?? Array(0..<Int32(data.labels.count))
    let resolved = try configuration.resolved(rows: rows.count)
    try data.check(rows: rows, labelKind: Loss.labelKind)
    try data.check(monotoneConstraints: configuration.monotoneConstraints)
    var relative = data
    relative.weights = data.weights.map { TrainingData.relativeWeights($0, rows: rows) }
    setting = BoostingSetting(
      data: relative, objective: objective, resolved: resolved, random: CounterRandom(seed: seed),
      pool: pool,
      continuation: try old.map {
        try Continuation($0, data: data, objective: objective, pool: pool)
      })
    self.rows = rows
    self.onRound = onRound
  }

  /// Trains one more tree.
  ///
  /// - Returns: whether there is more to do.
  /// - Throws: `GradientBoostingError`.
  public func advance() throws -> Bool {
    guard result == nil else { return false }
    let trainer = try trainer ?? firstTrainer()
    self.trainer = trainer
    let round = trainer.advance()
    if let round {
      rounds += 1
      if let onRound, !onRound(round.report) { throw GradientBoostingError.cancelled }
      if !round.isLast { return true }
    }
    try end(trainer.fitted())
    return result == nil
  }

  private func firstTrainer() throws -> BoostingTrainer<Loss> {
    let resolved = setting.resolved
    guard resolved.earlyStoppingRounds > 0, rows.count > 1 else {
      return try BoostingTrainer(
        setting, training: rows, validation: [], rounds: resolved.numTrees)
    }
    let parts = ValidationSplit.divide(
      rows: rows, labels: setting.data.labels, groups: setting.data.groups,
      fraction: resolved.validationFraction,
      isStratified: Loss.labelKind == .binary, random: setting.random.split(10))
    try setting.data.checkWeight(of: parts.training, part: "training")
    try setting.data.checkWeight(of: parts.validation, part: "validation")
    holdsBack = true
    return try BoostingTrainer(
      setting, training: parts.training, validation: parts.validation, rounds: resolved.numTrees)
  }

  /// Ends a training: with the second one on all rows, or with the result.
  private func end(_ fitted: FittedBoosting) throws {
    trainer = nil
    if let searched {
      result = FittedBoosting(
        model: fitted.model, validationLosses: searched.validationLosses,
        bestIteration: searched.bestIteration,
        binningSeconds: searched.binningSeconds + fitted.binningSeconds,
        boostingSeconds: searched.boostingSeconds + fitted.boostingSeconds)
    } else if holdsBack, setting.resolved.refit {
      searched = fitted
      trainer = try BoostingTrainer(
        setting, training: rows, validation: [], rounds: fitted.bestIteration)
    } else {
      result = fitted
    }
  }
}

// The entry point of training: checks the data, finds the number of trees by early stopping on a
// part of the rows, and trains the final model on all of them.

public import NumericCore
internal import Tables

/// Gradient boosting over histograms.
public enum GradientBoosting {
  /// Trains a booster.
  ///
  /// With early stopping, a part of the rows (`validation_fraction`, stratified by label for the
  /// binary objective) is held back and training stops when its loss no longer falls. With
  /// `refit`, the final model is then trained on all rows with as many trees as were best, so no
  /// row is lost to validation; without, the first model is cut at its best round.
  ///
  /// The result is a function of data, configuration and seed: it does not depend on the pool.
  ///
  /// - Parameters:
  ///   - rows: ascending indices of the rows to train on; nil for all.
  ///   - onRound: called after every tree; training is cancelled when it returns false.
  /// - Throws: `GradientBoostingError`.
  public static func fit(
    _ data: TrainingData, rows: [Int32]? = nil, objective: some Objective = BinaryLogLoss(),
    configuration: BoostingConfiguration, seed: UInt64, pool: WorkerPool,
    onRound: ((RoundReport) -> Bool)? = nil
  ) throws -> FittedBoosting {
    let rows = rows ?? Array(0..<Int32(data.labels.count))
    let resolved = try configuration.resolved(rows: rows.count)
    let labelKind = type(of: objective).labelKind
    try check(data, rows: rows, labelKind: labelKind)
    let random = CounterRandom(seed: seed)
    var relative = data
    relative.weights = data.weights.map { relativeWeights($0, rows: rows) }
    let run = BoostingRun(
      data: relative, objective: objective, resolved: resolved, random: random, pool: pool)
    guard resolved.earlyStoppingRounds > 0, rows.count > 1 else {
      return try run.fit(training: rows, validation: [], rounds: resolved.numTrees, onRound)
    }
    let parts = ValidationSplit.divide(
      rows: rows, labels: data.labels, fraction: resolved.validationFraction,
      isStratified: labelKind == .binary, random: random.split(10))
    try checkWeight(of: parts.training, in: data, part: "training")
    try checkWeight(of: parts.validation, in: data, part: "validation")
    let searched = try run.fit(
      training: parts.training, validation: parts.validation, rounds: resolved.numTrees, onRound)
    guard resolved.refit else { return searched }
    let refitted = try run.fit(
      training: rows, validation: [], rounds: searched.bestIteration, onRound)
    return FittedBoosting(
      model: refitted.model, validationLosses: searched.validationLosses,
      bestIteration: searched.bestIteration,
      binningSeconds: searched.binningSeconds + refitted.binningSeconds,
      boostingSeconds: searched.boostingSeconds + refitted.boostingSeconds)
  }

  /// Weights divided by the mean weight of some rows, so that their unit does not matter.
  private static func relativeWeights(_ weights: [Double], rows: [Int32]) -> [Double] {
    // Divided by the largest first, sums of the largest numbers stay finite.
    let largest = rows.reduce(0) { max($0, weights[Int($1)]) }
    let mean = rows.reduce(0) { $0 + weights[Int($1)] / largest } / Double(rows.count)
    return weights.map { $0 / largest / mean }
  }

  private static func check(_ data: TrainingData, rows: [Int32], labelKind: LabelKind) throws {
    guard !rows.isEmpty else { throw GradientBoostingError.noRows }
    precondition(zip(rows, rows.dropFirst()).allSatisfy(<), "rows are not ascending")
    for row in rows {
      let label = data.labels[Int(row)]
      // Labels are held in single precision.
      guard Float(label).isFinite, labelKind == .real || label == 0 || label == 1 else {
        throw GradientBoostingError.unusableLabel(row: Int(row), found: label)
      }
      if let weight = data.weights?[Int(row)], !(weight.isFinite && weight >= 0) {
        throw GradientBoostingError.unusableWeight(row: Int(row), found: weight)
      }
    }
    try checkWeight(of: rows, in: data, part: "training")
  }

  private static func checkWeight(of rows: [Int32], in data: TrainingData, part: String) throws {
    guard let weights = data.weights else { return }
    guard rows.contains(where: { weights[Int($0)] > 0 }) else {
      throw GradientBoostingError.noWeight(part: part)
    }
  }
}

// One training, round by round: bins, then tree after tree, with early stopping where there are
// validation rows.

internal import NumericCore
internal import Tables

/// What no model can exceed.
public enum BoostingLimits {
  /// Nodes number features in 16 bits.
  public static let mostFeatures = 1 << 16
}

/// What all trainings of one fit share; the weights of the data have the mean 1.
struct BoostingSetting<Loss: Objective> {
  let data: TrainingData
  let objective: Loss
  let resolved: ResolvedBoostingConfiguration
  let random: CounterRandom
  let pool: WorkerPool
  /// What training goes on from; nil where it starts anew.
  let continuation: Continuation?
}

/// Trains a booster on some rows and, if there are validation rows, cuts it at its best round.
///
/// One thread at a time may call it.
final class BoostingTrainer<Loss: Objective> {
  private let setting: BoostingSetting<Loss>
  private let mostRounds: Int
  private let dataset: BinnedDataset
  private let features: ModelFeatures
  private let pass: GradientPass<Loss>
  private let growing: TreeRounds<Loss>
  private let initialScore: Double
  private var stopping: EarlyStopping<Loss>
  /// The new trees.
  private var trees: [Tree] = []
  private let binningSeconds: Double
  private var boostingSeconds = 0.0

  /// Bins the rows.
  ///
  /// - Throws: `GradientBoostingError`.
  init(
    _ setting: BoostingSetting<Loss>, training: [Int32], validation: [Int32], rounds: Int
  ) throws {
    self.setting = setting
    mostRounds = rounds
    let (data, objective, pool) = (setting.data, setting.objective, setting.pool)
    let started = ContinuousClock.now
    let labels = data.labels.map { Float($0) }
    let binner = FeatureBinner(
      columns: data.features, labels: labels, weights: data.weights, trainingRows: training,
      validationRows: validation, configuration: setting.resolved.configuration,
      random: setting.random.split(1), pool: pool)
    dataset = binner.dataset()
    guard !dataset.features.isEmpty else { throw GradientBoostingError.noUsableFeature }
    features = ModelFeatures(
      continuing: setting.continuation?.model, binned: dataset.features, columns: data.features)
    guard features.features.count <= BoostingLimits.mostFeatures else {
      throw GradientBoostingError.tooManyFeatures(
        found: features.features.count, most: BoostingLimits.mostFeatures)
    }
    binningSeconds = started.duration(to: .now) / .seconds(1)

    let setUp = ContinuousClock.now
    let grower = TreeGrower(
      dataset, columns: data.features, capacity: training.count, resolved: setting.resolved,
      pool: pool)
    let trainingLabels = training.map { labels[Int($0)] }
    let weights = data.weights.map { weights in training.map { Float(weights[Int($0)]) } }
    initialScore =
      setting.continuation?.model.initialScore
      ?? objective.initialScore(labels: trainingLabels, weights: weights)
    let starting =
      setting.continuation.map { StartingScores.each($0.scores) } ?? .constant(initialScore)
    pass = GradientPass(
      objective: objective, labels: trainingLabels, weights: weights,
      scores: starting.buffer(rows: training), pool: pool)
    growing = TreeRounds(
      grower: grower, pass: pass, resolved: setting.resolved, random: setting.random, pool: pool)
    stopping = EarlyStopping(
      validation: ValidationScores(
        objective: objective, dataset: dataset, data: data, rows: validation,
        scores: starting.buffer(rows: validation), pool: pool),
      patience: setting.resolved.earlyStoppingRounds)
    boostingSeconds = setUp.duration(to: .now) / .seconds(1)
  }

  /// Trains one more tree.
  ///
  /// - Returns: what came of it, or nil if no tree was added, because no more are wanted or not
  ///   even with all rows and features there is a split that helps.
  func advance() -> (report: RoundReport, isLast: Bool)? {
    guard trees.count < mostRounds else { return nil }
    let started = ContinuousClock.now
    defer { boostingSeconds += started.duration(to: .now) / .seconds(1) }
    let tree = grow(round: trees.count)
    guard tree.leafCount > 1 else { return nil }
    trees.append(tree)
    let shouldStop = stopping.observe(tree)
    let report = RoundReport(
      round: trees.count, maximumRounds: mostRounds, validationLoss: stopping.losses.last,
      bestRound: stopping.bestRound(of: trees.count))
    return (report, shouldStop || trees.count == mostRounds)
  }

  /// The model as it is now, cut at its best round.
  func fitted() -> FittedBoosting {
    let bestIteration = stopping.bestRound(of: trees.count)
    return FittedBoosting(
      model: model(trees: Array(trees.prefix(bestIteration))),
      validationLosses: stopping.losses, bestIteration: bestIteration,
      binningSeconds: binningSeconds, boostingSeconds: boostingSeconds)
  }

  /// The model of the old trees and some new ones; its inputs are the columns that became features.
  private func model(trees: [Tree]) -> BoostedTrees {
    BoostedTrees(
      inputs: features.inputs, features: features.features, objective: setting.objective,
      initialScore: initialScore,
      trees: (setting.continuation?.model.trees ?? []) + trees.map(features.tree))
  }

  private func grow(round: Int) -> Tree {
    pass.addToScores(trees.last?.values)
    // Counted on from the old trees, so that the new ones do not draw the samples of those again.
    return growing.grow(draw: (setting.continuation?.model.treeCount ?? 0) + round)
  }
}

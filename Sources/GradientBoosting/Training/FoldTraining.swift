// A training that learns from all folds but one, tree by tree, for as long as its caller wishes.
// Nothing is kept of a tree but what it does to the scores.

public import NumericCore

/// The training of one booster beside one fold that it is validated on.
///
/// What is done is a function of the folds, the configuration and the seed: it does not depend on
/// the pool. One thread at a time may call it; several trainings may share the folds.
public final class FoldTraining<Loss: Objective>: @unchecked Sendable {
  private let part: BoostingFolds.Part
  private let pass: GradientPass<Loss>
  private let growing: TreeRounds<Loss>
  /// The trees so far.
  public private(set) var rounds = 0

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - fold: the fold to validate on.
  ///   - configuration: how to train; the number of trees and early stopping are the caller's.
  /// - Precondition: the configuration has the bins of the folds.
  /// - Throws: `GradientBoostingError`.
  public init(
    _ folds: BoostingFolds, validatingOn fold: Int, objective: Loss = BinaryLogLoss(),
    configuration: BoostingConfiguration, seed: UInt64, pool: WorkerPool
  ) throws {
    precondition(folds.fits(configuration), "the folds have other bins")
    let part = folds.parts[fold]
    let (data, rows) = (folds.data, part.rows)
    let resolved = try configuration.resolved(rows: rows.count - part.validation.count)
    let labels = rows.map { Float(data.labels[Int($0)]) }
    let weights = data.weights.map { weights in rows.map { Float(weights[Int($0)]) } }
    func learntFrom(_ values: [Float]) -> [Float] {
      Array(values[..<part.validation.lowerBound] + values[part.validation.upperBound...])
    }
    let initialScore = objective.initialScore(
      labels: learntFrom(labels), weights: weights.map(learntFrom))
    pass = GradientPass(
      objective: objective, labels: labels, weights: weights,
      scores: StartingScores.constant(initialScore).buffer(rows: rows),
      leavingOut: part.validation, pool: pool)
    growing = TreeRounds(
      grower: TreeGrower(
        part.dataset, columns: data.features, capacity: rows.count, resolved: resolved, pool: pool),
      pass: pass, resolved: resolved, random: CounterRandom(seed: seed), pool: pool)
    self.part = part
  }

  /// Grows one more tree.
  ///
  /// - Returns: whether there was a split that helps; if not, no tree was added and none will be.
  public func advance() -> Bool {
    let tree = growing.grow(draw: rounds)
    guard tree.leafCount > 1 else { return false }
    growing.findLeaves(tree, rows: part.validation)
    pass.addToScores(tree.values)
    rounds += 1
    return true
  }

  /// Calls `body` with the raw scores of the validation rows, in the order of the fold.
  public func withValidationScores<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) -> Result
  {
    body(UnsafeBufferPointer(rebasing: pass.scores.elements[part.validation]))
  }
}

// Moves all scores by a constant: how the odds of weighted classes become those of the data.

extension BoostedTrees {
  /// Returns the model with an offset added to the raw score of every row.
  public func shiftingScores(by offset: Double) -> BoostedTrees {
    BoostedTrees(
      inputs: inputs, features: features, objective: objective,
      initialScore: initialScore + offset, trees: trees)
  }
}

extension FittedBoosting {
  /// Returns the result of training with an offset added to the raw scores of its model.
  ///
  /// The validation losses stay those of the scores before.
  public func shiftingScores(by offset: Double) -> FittedBoosting {
    FittedBoosting(
      model: model.shiftingScores(by: offset), validationLosses: validationLosses,
      bestIteration: bestIteration, binningSeconds: binningSeconds,
      boostingSeconds: boostingSeconds)
  }
}

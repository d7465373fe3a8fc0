// Successive halving without waiting (Li et al., "A system for massively parallel hyperparameter
// tuning", 2020, arXiv:1810.05934): at each of a few stages, every one several times as far as the
// one before, only the best share of the trials that have come so far goes on.

/// Lets the best share of trials pass each of its stages.
public struct ASHAPruner: Pruner {
  /// The progress of the first stage.
  public let firstStage: Double
  /// How many times as far each stage is as the one before, at least 2.
  public let stageFactor: Double
  /// The share of trials that passes a stage; above 0, below 1.
  public let passingShare: Double
  /// Trials that must have come to a stage before any is stopped there.
  public let startupTrials: Int

  /// Creates the pruner.
  public init(
    firstStage: Double, stageFactor: Double = 3, passingShare: Double = 1.0 / 3,
    startupTrials: Int = 4
  ) {
    precondition(firstStage > 0 && stageFactor >= 2, "stages must grow")
    precondition(passingShare > 0 && passingShare < 1, "some must pass and some must not")
    self.firstStage = firstStage
    self.stageFactor = stageFactor
    self.passingShare = passingShare
    self.startupTrials = startupTrials
  }

  public func shouldStop(_ checkpoints: [Checkpoint], against history: TrialHistory) -> Bool {
    guard let last = checkpoints.last else { return false }
    let before = checkpoints.dropLast().last?.progress ?? 0
    var stage = firstStage
    while stage <= last.progress {
      defer { stage *= stageFactor }
      if stage <= before { continue }
      let loss = history.direction.loss(last.value)
      var (others, better) = (0, 0)
      for trial in history.trials {
        guard let value = trial.result?.value(at: stage) else { continue }
        others += 1
        if history.direction.loss(value) < loss { better += 1 }
      }
      guard others >= startupTrials else { continue }
      // The trial itself counts among those that have come here.
      let places = max(1, Int((Double(others + 1) * passingShare).rounded(.down)))
      if better >= places { return true }
    }
    return false
  }
}

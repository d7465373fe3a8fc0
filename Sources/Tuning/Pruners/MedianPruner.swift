// Stops a trial that is worse than the median of the others at the same stage.

/// Stops what is worse than the middle of the complete trials at the same stage.
public struct MedianPruner: Pruner {
  /// Complete trials that must exist before any is stopped.
  public let startupTrials: Int
  /// The progress below which no trial is stopped.
  public let leastProgress: Double

  /// Creates the pruner.
  public init(startupTrials: Int = 5, leastProgress: Double = 0) {
    self.startupTrials = startupTrials
    self.leastProgress = leastProgress
  }

  public func shouldStop(_ checkpoints: [Checkpoint], against history: TrialHistory) -> Bool {
    guard let last = checkpoints.last, last.progress >= leastProgress else { return false }
    let values = history.trials.compactMap { trial -> Double? in
      guard let result = trial.result, result.state == .complete else { return nil }
      return result.value(at: last.progress)
    }
    guard values.count >= max(1, startupTrials) else { return false }
    let losses = values.map(history.direction.loss).sorted()
    let middle = (losses[(losses.count - 1) / 2] + losses[losses.count / 2]) / 2
    return history.direction.loss(last.value) > middle
  }
}

// Who stops trials that others have left behind.

/// Decides on the way of a trial whether it is worth going on.
///
/// A pruner is a value without memory: it compares the trial with those that were told before its
/// batch was asked for, so that its decisions do not depend on which trial is faster.
public protocol Pruner: Sendable {
  /// Whether a trial should stop at its last checkpoint.
  ///
  /// - Parameters:
  ///   - checkpoints: those of the trial so far, at least one.
  ///   - history: the trials to compare with; unfinished ones do not count.
  func shouldStop(_ checkpoints: [Checkpoint], against history: TrialHistory) -> Bool
}

/// Lets every trial run to its end.
public struct NoPruner: Pruner {
  /// Creates the pruner.
  public init() {}

  public func shouldStop(_ checkpoints: [Checkpoint], against history: TrialHistory) -> Bool {
    false
  }
}

extension TrialResult {
  /// The best value at a stage: of the first checkpoint there, or the final one of a trial that
  /// ended on its own before it; nil for one that was stopped before it.
  func value(at progress: Double) -> Double? {
    if let checkpoint = checkpoints.first(where: { $0.progress >= progress }) {
      return checkpoint.value
    }
    return state == .complete ? value : nil
  }
}

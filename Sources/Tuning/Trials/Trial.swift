// One trial: a point of the space and what came of it.

/// Where a trial stands.
public enum TrialState: String, Sendable, Codable {
  /// Asked for, not told yet.
  case running
  /// Ran to its end.
  case complete
  /// Stopped because others were better at the same stage.
  case pruned
}

/// What a trial said on its way.
public struct Checkpoint: Sendable, Equatable {
  /// How many steps it had taken.
  public let step: Int
  /// How far that is, in a unit in which all trials can be compared, such as rounds times rate.
  public let progress: Double
  /// The best value so far.
  public let value: Double

  /// Creates a checkpoint.
  public init(step: Int, progress: Double, value: Double) {
    self.step = step
    self.progress = progress
    self.value = value
  }
}

/// What came of a trial.
public struct TrialResult: Sendable, Equatable {
  /// `.complete` or `.pruned`.
  public let state: TrialState
  /// The best value.
  public let value: Double
  /// The step that had the best value.
  public let bestStep: Int
  /// What the trial said on its way, in the order of the steps.
  public let checkpoints: [Checkpoint]
  /// How long it took; nothing depends on it.
  public let seconds: Double

  /// Creates a result.
  public init(
    state: TrialState, value: Double, bestStep: Int, checkpoints: [Checkpoint], seconds: Double
  ) {
    precondition(state != .running, "a trial that runs has no result")
    self.state = state
    self.value = value
    self.bestStep = bestStep
    self.checkpoints = checkpoints
    self.seconds = seconds
  }
}

/// A trial of a study.
public struct Trial: Sendable, Equatable {
  /// The number, counted from 0 in the order of asking.
  public let number: Int
  /// The point of the space; see `SearchSpace`.
  public let point: [Double]
  /// What came of it; nil while it runs.
  public internal(set) var result: TrialResult?

  /// Where the trial stands.
  public var state: TrialState { result?.state ?? .running }
}

/// Which values are better.
public enum SearchDirection: String, Sendable {
  /// Less is better.
  case minimise
  /// More is better.
  case maximise

  /// Whether one value is better than another; NaN is worse than anything.
  public func isBetter(_ value: Double, than other: Double) -> Bool {
    loss(value) < loss(other)
  }

  /// The value as something to minimise.
  func loss(_ value: Double) -> Double {
    value.isNaN ? .infinity : self == .minimise ? value : -value
  }
}

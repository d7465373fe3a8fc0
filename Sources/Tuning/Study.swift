// A search: which points to try, and what came of them. Trials are asked for in batches of a fixed
// width, whatever the number of threads, and told together: what is asked next is a function of
// the seed and of the trials before.

internal import NumericCore

/// A study that its caller drives: ask for a batch, run it in any way, tell the results.
public struct Study: Sendable {
  /// The space, the direction and all trials.
  public private(set) var history: TrialHistory
  /// Who chooses points.
  public let sampler: any Sampler
  /// Who stops trials.
  public let pruner: any Pruner
  /// How many trials are asked for together.
  public let width: Int
  /// How many trials there will be.
  public let trialCount: Int
  /// The first points to try, before the sampler is asked.
  public let startingPoints: [[Double]]
  private let random: CounterRandom

  /// How many trials are asked for together unless said otherwise.
  public static let usualWidth = 4

  /// Prepares a study.
  ///
  /// - Throws: `TuningError.outsideSpace` if a starting point is not in the space.
  public init(
    space: SearchSpace, direction: SearchDirection, sampler: any Sampler, pruner: any Pruner,
    trialCount: Int, width: Int = Study.usualWidth, startingPoints: [[Double]] = [], seed: UInt64
  ) throws {
    precondition(trialCount >= 1 && width >= 1, "a study has trials")
    if let outside = startingPoints.firstIndex(where: { !space.holds($0) }) {
      throw TuningError.outsideSpace(trial: outside)
    }
    history = TrialHistory(space: space, direction: direction)
    self.sampler = sampler
    self.pruner = pruner
    self.trialCount = trialCount
    self.width = width
    self.startingPoints = startingPoints
    random = CounterRandom(seed: seed)
  }

  /// The next batch of trials; empty when all have been told.
  ///
  /// - Precondition: no trial runs.
  public mutating func ask() -> [Trial] {
    precondition(history.finishedCount == history.trials.count, "a batch has not been told")
    let first = history.trials.count
    return (first..<min(trialCount, first + width)).map { number in
      let point =
        number < startingPoints.count
        ? startingPoints[number]
        : sampler.point(after: history, random: random.split(UInt64(number)))
      return history.start(point)
    }
  }

  /// Takes note of what came of a batch.
  ///
  /// - Parameter results: in the order of the batch's trials.
  public mutating func tell(_ results: [TrialResult]) {
    let first = history.finishedCount
    precondition(first + results.count == history.trials.count, "results of another batch")
    for (index, result) in results.enumerated() { history.finish(first + index, result) }
  }

  /// Whether a trial of the batch that runs should stop; may be asked from any thread.
  public func shouldStop(_ checkpoints: [Checkpoint]) -> Bool {
    pruner.shouldStop(checkpoints, against: history)
  }
}

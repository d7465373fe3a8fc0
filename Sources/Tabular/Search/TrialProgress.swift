// One trial: a booster for each fold, all of one configuration, that go on in step. After every few
// rounds the mean score of the folds decides whether the trial ends, or is left behind by others.
import Tuning

/// The mean scores of a trial's folds, round by round, and what follows from them.
struct TrialProgress {
  /// Rounds between two looks at a trial.
  static let stride = 5
  /// What the rounds without a better mean and the learning rate come to together when a trial
  /// ends, and the fewest and the most such rounds: small steps take longer to tell.
  private static let patienceProgress = 2.0
  private static let patienceRange = 20...50

  private let direction: SearchDirection
  private let learningRate: Double
  private let mostRounds: Int
  private let patience: Int
  /// The rounds that all folds have taken and that have been looked at.
  private(set) var rounds = 0
  private var best = (value: Double.nan, round: 0)
  private var checkpoints: [Checkpoint] = []

  /// - Parameter patience: rounds without a better mean after which the trial ends; nil adapts to
  ///   the learning rate.
  init(direction: SearchDirection, learningRate: Double, mostRounds: Int, patience: Int?) {
    self.direction = direction
    self.learningRate = learningRate
    self.mostRounds = mostRounds
    let usual = Int((Self.patienceProgress / learningRate).rounded(.up))
    self.patience =
      patience ?? min(max(usual, Self.patienceRange.lowerBound), Self.patienceRange.upperBound)
  }

  /// The rounds to take before the next look.
  var next: Int { min(mostRounds, rounds + Self.stride) }

  /// How far the trial is, comparable between learning rates.
  var progress: Double { Double(rounds) * learningRate }

  /// Looks at the rounds since the last look.
  ///
  /// - Parameters:
  ///   - scores: for each fold the score after every round; shorter where no tree helps any more.
  ///   - shouldStop: asks whether others have left the trial behind.
  /// - Returns: how the trial ended, if it did.
  mutating func look(
    _ scores: [[Double]], shouldStop: ([Checkpoint]) -> Bool
  ) -> (state: TrialState, value: Double, bestStep: Int, checkpoints: [Checkpoint])? {
    let last = next
    var ends = false
    for round in rounds..<last {
      // A fold that no tree helps any more stays where it is.
      let mean =
        scores.reduce(0) { $0 + ($1.isEmpty ? 0 : $1[min(round, $1.count - 1)]) }
        / Double(scores.count)
      if best.round == 0 || direction.isBetter(mean, than: best.value) {
        best = (mean, round + 1)
      } else if round + 1 - best.round >= patience {
        ends = true
        break
      }
    }
    rounds = last
    let isStuck = scores.allSatisfy { $0.count < last }
    checkpoints.append(Checkpoint(step: rounds, progress: progress, value: best.value))
    if ends || isStuck || rounds == mostRounds {
      return (.complete, best.value, best.round, checkpoints)
    }
    return shouldStop(checkpoints) ? (.pruned, best.value, best.round, checkpoints) : nil
  }
}

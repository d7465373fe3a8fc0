// The validation scores of a trial, epoch by epoch, and what follows from them: whether it goes on,
// has ended by itself, or is left behind by others.
import Tuning

/// How far a trial of a recommender has come.
struct EpochProgress {
  private let direction: SearchDirection
  private let mostEpochs: Int
  private let patience: Int
  private var best = (value: Double.nan, epoch: 0)
  private var checkpoints: [Checkpoint] = []

  /// - Parameter patience: epochs without a better score after which the trial ends; 0 for never.
  init(direction: SearchDirection, mostEpochs: Int, patience: Int) {
    self.direction = direction
    self.mostEpochs = mostEpochs
    self.patience = patience
  }

  /// Looks at the score of the next epoch.
  ///
  /// - Parameter shouldStop: asks whether others have left the trial behind.
  /// - Returns: how the trial ended, if it did.
  mutating func look(_ score: Double, shouldStop: ([Checkpoint]) -> Bool) -> TrialState? {
    let epoch = checkpoints.count + 1
    if best.epoch == 0 || direction.isBetter(score, than: best.value) { best = (score, epoch) }
    checkpoints.append(Checkpoint(step: epoch, progress: Double(epoch), value: best.value))
    let isTired = patience > 0 && epoch - best.epoch >= patience
    if isTired || epoch >= mostEpochs { return .complete }
    return shouldStop(checkpoints) ? .pruned : nil
  }

  /// What came of the trial.
  ///
  /// - Parameter worst: the value of a trial that had no epoch.
  func result(_ state: TrialState, worst: Double, seconds: Double) -> TrialResult {
    TrialResult(
      state: state, value: best.epoch == 0 ? worst : best.value, bestStep: best.epoch,
      checkpoints: checkpoints, seconds: seconds)
  }
}

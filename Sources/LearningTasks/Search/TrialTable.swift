// Tells about trials as they end.
import Synchronization
package import Tuning

/// Keeps count of the trials that have ended, for those who watch.
package final class TrialTable: Sendable {
  private struct State {
    var ended: Set<Int> = []
    var best: Double?
  }
  private let state = Mutex(State())
  private let space: SearchSpace
  private let direction: SearchDirection
  private let count: Int
  private let context: RunContext

  /// - Parameter count: how many trials there will be.
  init(space: SearchSpace, direction: SearchDirection, count: Int, context: RunContext) {
    self.space = space
    self.direction = direction
    self.count = count
    self.context = context
  }

  /// Tells about a trial that has just ended.
  package func show(_ trial: Trial, _ result: TrialResult) {
    let (ended, best) = note(trial, result)
    context.progress(
      .trial(
        TrialReport(trial, result: result, space: space, best: best, ended: ended, count: count)))
  }

  /// Takes note of a trial, also of one that an earlier run has recorded.
  func end(_ trial: Trial, _ result: TrialResult) { _ = note(trial, result) }

  private func note(_ trial: Trial, _ result: TrialResult) -> (ended: Int, best: Double?) {
    state.withLock { state in
      state.ended.insert(trial.number)
      if result.state == .complete,
        state.best.map({ direction.isBetter(result.value, than: $0) }) ?? true
      {
        state.best = result.value
      }
      return (state.ended.count, state.best)
    }
  }
}

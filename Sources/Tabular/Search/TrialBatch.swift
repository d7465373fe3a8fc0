// Runs the trials of a batch side by side: the folds of all of them are shared out among the
// threads, a few rounds at a time. What a trial comes to depends on its own scores and on the
// trials before the batch alone, so that it does not matter which thread does what, or when.
import GradientBoosting
import LearningTasks
import NumericCore
import Tuning

/// A batch of trials that runs.
final class TrialBatch<Loss: Objective>: Sendable {
  /// Starts the training of one fold of a trial.
  typealias Start = @Sendable (_ trial: Trial, _ fold: Int) throws -> FoldRun<Loss>

  private struct Fold {
    var run: FoldRun<Loss>?
    var rounds = 0
    var isBusy = false
    var scores: [Double] = []
  }

  private struct RunningTrial {
    let trial: Trial
    var progress: TrialProgress
    var folds: [Fold]
    var started: ContinuousClock.Instant?
    var result: TrialResult?
  }

  private struct State {
    var trials: [RunningTrial]
    var failure: (any Error)?
  }

  /// How many looks a fold may be ahead of the slowest fold of its trial.
  private static var looksAhead: Int { 2 }

  private let work: WorkMonitor<State>
  private let study: Study
  private let start: Start
  private let record: @Sendable (Trial, TrialResult) throws -> Void

  /// Prepares a batch.
  ///
  /// - Parameters:
  ///   - trials: the trials to run, with how their scores are looked at.
  ///   - record: called when a trial has ended, from any thread.
  init(
    _ trials: [(trial: Trial, progress: TrialProgress)], folds: Int, study: Study,
    start: @escaping Start, record: @escaping @Sendable (Trial, TrialResult) throws -> Void
  ) {
    work = WorkMonitor(
      State(
        trials: trials.map {
          RunningTrial(
            trial: $0.trial, progress: $0.progress,
            folds: [Fold](repeating: Fold(), count: folds))
        }))
    self.study = study
    self.start = start
    self.record = record
  }

  /// Runs all trials to their ends.
  ///
  /// - Returns: the results by the numbers of the trials.
  /// - Throws: what `start` or `record` threw; `TaskError.cancelled`.
  func run(workers: Int, context: RunContext) throws -> [Int: TrialResult] {
    context.pool.forEach(count: workers) { _, _ in
      while let task = takeTask() {
        do {
          try context.checkCancelled()
          try perform(task)
        } catch {
          work.change { $0.failure = $0.failure ?? error }
        }
      }
    }
    return try work.change { state in
      Result {
        if let failure = state.failure { throw failure }
        return Dictionary(
          uniqueKeysWithValues: state.trials.compactMap { trial in
            trial.result.map { (trial.trial.number, $0) }
          })
      }
    }.get()
  }

  private struct Task {
    let index: Int
    let fold: Int
    let trial: Trial
    let run: FoldRun<Loss>?
    let rounds: Int
  }

  /// The next stretch of rounds; nil when there are none any more.
  private func takeTask() -> Task? {
    work.wait { state -> Task?? in
      if state.failure != nil { return .some(nil) }
      var chosen: (progress: Double, index: Int, fold: Int)?
      var isOpen = false
      for (index, running) in state.trials.enumerated() where running.result == nil {
        isOpen = true
        let limit = running.progress.next + (Self.looksAhead - 1) * TrialProgress.stride
        for (fold, own) in running.folds.enumerated() where !own.isBusy && own.rounds < limit {
          // The trial with the longest way to go first, so that none is left at the end.
          let candidate = (running.progress.progress, index, own.rounds, fold)
          if let chosen,
            (
              chosen.progress, chosen.index, state.trials[chosen.index].folds[chosen.fold].rounds,
              chosen.fold
            ) <= candidate
          {
            continue
          }
          chosen = (candidate.0, index, fold)
        }
      }
      if let chosen {
        let (index, fold) = (chosen.index, chosen.fold)
        state.trials[index].folds[fold].isBusy = true
        if state.trials[index].started == nil { state.trials[index].started = .now }
        let own = state.trials[index].folds[fold]
        return Task(
          index: index, fold: fold, trial: state.trials[index].trial, run: own.run,
          rounds: own.rounds + TrialProgress.stride)
      }
      return isOpen ? nil : .some(nil)
    }
  }

  private func perform(_ task: Task) throws {
    let run = try task.run ?? start(task.trial, task.fold)
    run.advance(to: task.rounds)
    let scores = run.scores
    let ended = work.change { state -> (Trial, TrialResult)? in
      state.trials[task.index].folds[task.fold] = Fold(
        run: run, rounds: task.rounds, isBusy: false, scores: scores)
      return look(at: &state.trials[task.index])
    }
    if let (trial, result) = ended { try record(trial, result) }
  }

  /// Looks at a trial as often as its slowest fold allows.
  private func look(at running: inout RunningTrial) -> (Trial, TrialResult)? {
    while running.result == nil, running.folds.allSatisfy({ $0.rounds >= running.progress.next }) {
      let ended = running.progress.look(
        running.folds.map(\.scores), shouldStop: { study.shouldStop($0) })
      guard let ended else { continue }
      let result = TrialResult(
        state: ended.state, value: ended.value, bestStep: ended.bestStep,
        checkpoints: ended.checkpoints,
        seconds: running.started.map { (ContinuousClock.now - $0) / .seconds(1) } ?? 0)
      running.result = result
      // Their memory is needed no more.
      running.folds = running.folds.map { _ in Fold(isBusy: true) }
      return (running.trial, result)
    }
    return nil
  }
}

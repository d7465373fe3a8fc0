// The trials of a search over a table, scored on folds.
import GradientBoosting
package import LearningTasks
import NumericCore
package import Tuning

extension TabularSearch {
  /// Below so many cells of the table trials run side by side, each tree by one thread.
  ///
  /// From there on all threads share the work on every tree. The results are the same.
  private static var manyCells: Int { 2_000_000 }

  package func run(
    _ trials: [Trial], of study: Study, store: StudyStore, table: TrialTable
  ) throws -> [Int: TrialResult] {
    func run(_ objective: some Objective) throws -> [Int: TrialResult] {
      try self.run(trials, of: study, store: store, table: table, objective: objective)
    }
    do {
      return try run(Problem.objective(of: given))
    } catch GradientBoostingError.cancelled {
      throw TaskError.cancelled
    }
  }

  /// Runs trials side by side and records them.
  private func run<Loss: Objective>(
    _ trials: [Trial], of study: Study, store: StudyStore, table: TrialTable, objective: Loss
  ) throws -> [Int: TrialResult] {
    let sideBySide = folds.rowCount * folds.featureCount < Self.manyCells
    let pool = sideBySide ? WorkerPool(threads: 1) : context.pool
    let configurations = Dictionary(
      uniqueKeysWithValues: trials.map {
        ($0.number, searched.configuration(of: $0.point, in: base))
      })
    func progress(of trial: Trial) -> TrialProgress {
      TrialProgress(
        direction: plan.direction,
        learningRate: configurations[trial.number]?.learningRate ?? 0.1,
        mostRounds: plan.steps.upperBound, patience: given.boosting.earlyStoppingRounds)
    }
    return try TrialBatch<Loss>(
      trials.map { ($0, progress(of: $0)) }, folds: folds.count, study: study,
      start: { [folds, meters, seed = plan.seed] trial, fold in
        // All trials have the same random numbers, so that less of their differences is chance.
        let own = CounterRandom(seed: seed).split(UInt64(fold)).bits(at: 0)
        return FoldRun(
          try FoldTraining(
            folds, validatingOn: fold, objective: objective,
            configuration: configurations[trial.number] ?? BoostingConfiguration(), seed: own,
            pool: pool),
          score: meters[fold]())
      },
      record: { trial, result in
        try store.record(trial.number, point: trial.point, result: result)
        table.show(trial, result)
      }
    ).run(workers: sideBySide ? context.pool.threadCount : 1, context: context)
  }
}

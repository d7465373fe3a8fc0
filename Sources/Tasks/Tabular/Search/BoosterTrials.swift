// The trials of a search for a booster, whatever its objective.
import GradientBoosting
import NumericCore
import Tuning

/// Runs trials that are scored on folds.
struct BoosterTrials {
  /// Below so many cells of the table trials run side by side, each tree by one thread.
  ///
  /// From there on all threads share the work on every tree. The results are the same.
  private static let manyCells = 2_000_000
  /// The most trees of a trial unless a configuration says otherwise.
  private static let usualRounds = 1_000
  /// Successive halving; progress is rounds times learning rate.
  static let asha = ASHAPruner(firstStage: 1.5, stageFactor: 2, passingShare: 0.4)

  let folds: BoostingFolds
  let searched: BoosterSearchSpace
  /// The hyperparameters as they were given.
  let given: BoostingConfiguration
  /// The same with every hyperparameter known, into which those of a trial are put.
  let base: BoostingConfiguration
  let direction: SearchDirection
  let seed: UInt64
  let context: RunContext

  /// The most trees of a trial.
  var mostRounds: Int { given.numTrees ?? Self.usualRounds }

  /// Runs trials side by side and records them.
  ///
  /// - Parameter meter: makes what measures the raw scores of the rows of a fold.
  /// - Returns: the results by the numbers of the trials.
  /// - Throws: `GradientBoostingError`, `TuningError`; `TaskError.cancelled`.
  func run(
    _ trials: [Trial], of study: Study, store: StudyStore, table: TrialTable,
    objective: some Objective,
    meter: @escaping @Sendable (_ fold: Int) -> (UnsafeBufferPointer<Float>) -> Double
  ) throws -> [Int: TrialResult] {
    let sideBySide = folds.rowCount * folds.featureCount < Self.manyCells
    let pool = sideBySide ? WorkerPool(threads: 1) : context.pool
    let configurations = Dictionary(
      uniqueKeysWithValues: trials.map {
        ($0.number, searched.configuration(of: $0.point, in: base))
      })
    func progress(of trial: Trial) -> TrialProgress {
      TrialProgress(
        direction: direction,
        learningRate: configurations[trial.number]?.learningRate ?? 0.1, mostRounds: mostRounds,
        patience: given.earlyStoppingRounds)
    }
    let batch = TrialBatch(
      trials.map { ($0, progress(of: $0)) }, folds: folds.count, study: study,
      start: { [folds, seed] trial, fold in
        let configuration = configurations[trial.number] ?? BoostingConfiguration()
        return FoldRun(
          // All trials have the same random numbers, so that less of their differences is chance.
          try FoldTraining(
            folds, validatingOn: fold, objective: objective, configuration: configuration,
            seed: CounterRandom(seed: seed).split(UInt64(fold)).bits(at: 0), pool: pool),
          score: meter(fold))
      },
      record: { trial, result in
        try store.record(trial.number, point: trial.point, result: result)
        table.show(trial, result)
      })
    do {
      return try batch.run(workers: sideBySide ? context.pool.threadCount : 1, context: context)
    } catch GradientBoostingError.cancelled {
      throw TaskError.cancelled
    }
  }
}

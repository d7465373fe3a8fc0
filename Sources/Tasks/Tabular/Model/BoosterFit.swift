// Trainings of boosters on some rows of a table, whatever their objective.
import GradientBoosting
import NumericCore
import Tables

/// Trains boosters on rows of one table.
struct BoosterFit<Loss: Objective> {
  /// The rows that one booster learns from, and how.
  struct Job {
    var rows: [Int32]
    /// The weight of every row of the table; nil weighs all alike.
    var weights: [Double]?
    /// The model to which trees are added; nil starts anew.
    var continued: BoostedTrees?
  }

  let features: [Column]
  let labels: [Double]
  /// Rows that stay together in every split.
  let groups: RowGroups?
  let objective: Loss
  let configuration: BoostingConfiguration
  let seed: UInt64
  let context: RunContext

  /// Trains a booster for each phase.
  ///
  /// - Parameters:
  ///   - phases: what is said when each training begins.
  ///   - job: what the booster of a phase learns from.
  /// - Throws: `GradientBoostingError`; `TaskError.cancelled` when the work should stop.
  func boosters(phases: [String], job: (Int) -> Job) throws -> [FittedBoosting] {
    do {
      guard areSideBySide(phases.count) else {
        return try phases.enumerated().map { index, phase in
          try context.begin(phase)
          let session = try session(job(index), showsRounds: true)
          while try session.advance() {}
          return result(of: session)
        }
      }
      try context.begin("\(phases.count) trainings side by side")
      let sessions = try phases.indices.map { try session(job($0), showsRounds: false) }
      let began = ContinuousClock.now
      _ = try GradientBoosting.finish(sessions, pool: context.pool)
      // The threads' seconds overlap: they count by their share of the time that passed.
      let own = sessions.compactMap(\.result).reduce(0) {
        $0 + $1.binningSeconds + $1.boostingSeconds
      }
      let share = (ContinuousClock.now - began) / .seconds(1) / max(1e-9, own)
      return sessions.map { result(of: $0, countingSeconds: share) }
    } catch GradientBoostingError.cancelled {
      throw TaskError.cancelled
    }
  }

  /// Whether some boosters are best trained side by side, each tree by one thread: on small tables
  /// always, on larger ones where there are boosters for all threads, on large ones never.
  private func areSideBySide(_ count: Int) -> Bool {
    let threads = context.pool.threadCount
    guard count > 1, threads > 1 else { return false }
    return labels.count < 20_000 || (labels.count < 200_000 && count >= threads)
  }

  private func session(_ job: Job, showsRounds: Bool) throws -> BoostingSession<Loss> {
    try BoostingSession(
      TrainingData(features: features, labels: labels, weights: job.weights, groups: groups),
      rows: job.rows, objective: objective, configuration: configuration,
      continuingFrom: job.continued, seed: seed, pool: context.pool
    ) { [context] report in
      if showsRounds {
        context.progress(
          .round(
            RoundProgress(
              round: report.round, rounds: report.maximumRounds,
              validationLoss: report.validationLoss)))
      }
      return !context.isCancelled()
    }
  }

  /// The booster of a session that has ended.
  ///
  /// - Parameter share: how much a second of its own counts.
  private func result(
    of session: BoostingSession<Loss>, countingSeconds share: Double = 1
  ) -> FittedBoosting {
    guard let fitted = session.result else { preconditionFailure("a session ended unfinished") }
    context.stopwatch.add(fitted.binningSeconds * share, to: .bin)
    context.stopwatch.add(fitted.boostingSeconds * share, to: .train)
    return fitted
  }
}

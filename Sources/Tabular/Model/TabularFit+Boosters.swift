// Trainings of boosters on some rows of a table, side by side where that is faster.
import GradientBoosting
import LearningTasks
import NumericCore

extension TabularFit {
  /// Trains a booster on each of some sets of rows, whose scores are those of the data as it is.
  ///
  /// - Parameter phases: what is said when each training begins.
  /// - Throws: `GradientBoostingError`; `TaskError.cancelled` when the work should stop.
  func boosters(rows sets: [[Int32]], phases: [String]) throws -> [FittedBoosting] {
    let labels = rows.labels
    let centre = Problem.centre(of: labels, configuration)
    let weights = sets.map { rows in
      Problem.weights(of: rows.map { labels[Int($0)] }, configuration)
    }
    let shifts = weights.map { centre + $0.logOddsCorrection }
    let centred = labels.map { $0 - centre }
    func boosters<Loss: Objective>(_ objective: Loss) throws -> [FittedBoosting] {
      try trained(phases) { index, showsRounds in
        try BoostingSession(
          TrainingData(
            features: rows.columns.features, labels: centred,
            weights: weights[index].ofRows(labels), groups: rows.repeats.groups),
          rows: sets[index], objective: objective, configuration: configuration.boosting,
          // While training goes on, its scores are those of the weights.
          continuingFrom: table.continued?.model.trees.shiftingScores(by: -shifts[index]),
          seed: seed, pool: context.pool
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
    }
    return zip(try boosters(Problem.objective(of: configuration)), shifts).map {
      $0.shiftingScores(by: $1)
    }
  }

  private func trained<Loss: Objective>(
    _ phases: [String], session: (_ index: Int, _ showsRounds: Bool) throws -> BoostingSession<Loss>
  ) throws -> [FittedBoosting] {
    do {
      guard areSideBySide(phases.count) else {
        return try phases.enumerated().map { index, phase in
          try context.begin(phase)
          let session = try session(index, true)
          while try session.advance() {}
          return result(of: session)
        }
      }
      try context.begin("\(phases.count) trainings side by side")
      let sessions = try phases.indices.map { try session($0, false) }
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
    return rows.rowCount < 20_000 || (rows.rowCount < 200_000 && count >= threads)
  }

  /// The booster of a session that has ended.
  ///
  /// - Parameter share: how much a second of its own counts.
  private func result<Loss: Objective>(
    of session: BoostingSession<Loss>, countingSeconds share: Double = 1
  ) -> FittedBoosting {
    guard let fitted = session.result else { preconditionFailure("a session ended unfinished") }
    context.stopwatch.add(fitted.binningSeconds * share, to: .bin)
    context.stopwatch.add(fitted.boostingSeconds * share, to: .train)
    return fitted
  }
}

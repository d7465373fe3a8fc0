// The entry points of training: one booster by all threads, or several side by side.

public import NumericCore
internal import Synchronization

/// Gradient boosting over histograms.
public enum GradientBoosting {
  /// Trains a booster.
  ///
  /// The result is a function of data, configuration and seed: it does not depend on the pool.
  /// How early stopping and `refit` work is described at `BoostingSession`.
  ///
  /// - Parameters:
  ///   - rows: ascending indices of the rows to train on; nil for all.
  ///   - old: a model to add trees to, all of whose inputs the data has; nil starts anew.
  ///   - onRound: called after every tree; training is cancelled when it returns false.
  /// - Throws: `GradientBoostingError`.
  public static func fit(
    _ data: TrainingData, rows: [Int32]? = nil, objective: some Objective = BinaryLogLoss(),
    configuration: BoostingConfiguration, continuingFrom old: BoostedTrees? = nil, seed: UInt64,
    pool: WorkerPool, onRound: ((RoundReport) -> Bool)? = nil
  ) throws -> FittedBoosting {
    let session = try BoostingSession(
      data, rows: rows, objective: objective, configuration: configuration, continuingFrom: old,
      seed: seed, pool: pool, onRound: onRound)
    while try session.advance() {}
    guard let result = session.result else { preconditionFailure("a session ended unfinished") }
    return result
  }

  /// Carries several sessions on to their ends, each tree by one thread.
  ///
  /// On small tables this is several times faster than one session after the other. The least
  /// advanced session goes on first, so that more sessions than threads end together.
  ///
  /// - Parameter pool: the pool that the sessions were made with.
  /// - Returns: the results in the order of the sessions.
  /// - Throws: the error of the first session, in their order, that has failed.
  public static func finish<Loss>(
    _ sessions: [BoostingSession<Loss>], pool: WorkerPool
  ) throws -> [FittedBoosting] {
    let errors = Slots<(any Error)?>(count: sessions.count, repeating: nil)
    let idle = Mutex(Set(sessions.indices))
    pool.forEach(count: min(pool.threadCount, sessions.count)) { _, _ in
      while let index = idle.withLock({ takeLeastAdvanced(of: sessions, from: &$0) }) {
        do {
          for _ in 0..<roundsAtATime where try sessions[index].advance() {}
          if sessions[index].result == nil { idle.withLock { _ = $0.insert(index) } }
        } catch {
          errors[index] = error
          // The others need not go on.
          idle.withLock { $0.removeAll() }
        }
      }
    }
    if let error = errors.values.compactMap(\.self).first { throw error }
    return sessions.compactMap(\.result)
  }

  private static let roundsAtATime = 8

  private static func takeLeastAdvanced<Loss>(
    of sessions: [BoostingSession<Loss>], from idle: inout Set<Int>
  ) -> Int? {
    let next = idle.min { (sessions[$0].rounds, $0) < (sessions[$1].rounds, $1) }
    if let next { idle.remove(next) }
    return next
  }
}

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
  /// advanced session goes on first, so that the threads end together; at most twice as many
  /// sessions as threads are under way, as each of them holds its own bins and histograms.
  ///
  /// - Parameter pool: the pool that the sessions were made with.
  /// - Returns: the results in the order of the sessions.
  /// - Throws: the error of the first session, in their order, that has failed.
  public static func finish<Loss>(
    _ sessions: [BoostingSession<Loss>], pool: WorkerPool
  ) throws -> [FittedBoosting] {
    let errors = Slots<(any Error)?>(count: sessions.count, repeating: nil)
    let queue = Mutex(SessionQueue(count: sessions.count, mostOpen: 2 * pool.threadCount))
    pool.forEach(count: min(pool.threadCount, sessions.count)) { _, _ in
      while let index = queue.withLock({ $0.take() }) {
        do {
          var goesOn = true
          for _ in 0..<roundsAtATime where goesOn { goesOn = try sessions[index].advance() }
          let rounds = sessions[index].rounds
          queue.withLock { $0.putBack(index, rounds: goesOn ? rounds : nil) }
        } catch {
          errors[index] = error
          // The others need not go on.
          queue.withLock { $0.close() }
        }
      }
    }
    if let error = errors.values.compactMap(\.self).first { throw error }
    return sessions.compactMap(\.result)
  }

  private static let roundsAtATime = 8
}

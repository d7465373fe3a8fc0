// The seconds of a run and of its phases, and how reports tell them.
import Synchronization

/// Adds up the seconds of phases that come and go; any thread may use it.
package final class Stopwatch: Sendable {
  /// What a run spends time on; the raw values are keys of reports.
  package enum Phase: String, Sendable, CaseIterable {
    /// Reading tables.
    case read
    /// Cutting numbers into bins.
    case bin
    /// Growing trees, or training towers.
    case train
    /// Training the baselines of a recommender.
    case baselines
    /// Predicting and measuring; of a classifier also training the baselines.
    case evaluate
    /// Searching hyperparameters; no report counts it as a phase.
    case search
  }

  private let start = ContinuousClock.now
  private let sums = Mutex<[Phase: Double]>([:])

  /// Starts now.
  package init() {}

  /// Seconds since the stopwatch was made.
  package var total: Double { (ContinuousClock.now - start) / .seconds(1) }

  /// The seconds of a phase so far.
  func seconds(of phase: Phase) -> Double { sums.withLock { $0[phase] ?? 0 } }

  /// Adds seconds to a phase.
  package func add(_ seconds: Double, to phase: Phase) {
    sums.withLock { $0[phase, default: 0] += seconds }
  }

  /// Runs `body` and adds its seconds to a phase.
  func measure<Result>(_ phase: Phase, _ body: () throws -> Result) rethrows -> Result {
    let began = ContinuousClock.now
    defer { add((ContinuousClock.now - began) / .seconds(1), to: phase) }
    return try body()
  }

  /// The seconds until now.
  ///
  /// - Parameter phases: the phases that the report tells, also those that took no time.
  func timings(_ phases: [Phase]) -> Timings {
    let (total, sums) = (total, sums.withLock { $0 })
    return Timings(
      phases: Dictionary(uniqueKeysWithValues: phases.map { ($0.rawValue, sums[$0] ?? 0) }),
      prepare: max(0, total - sums.values.reduce(0, +)), total: total)
  }
}

/// The seconds that a run spent.
package struct Timings: Encodable, Sendable {
  /// The seconds of each phase by its key.
  package var phases: [String: Double]
  /// The seconds of everything that is no phase: checking, splitting, encoding, writing.
  package var prepare: Double
  /// The seconds from start to end.
  package var total: Double

  /// Writes all seconds side by side.
  package func encode(to encoder: any Encoder) throws {
    var all = phases
    all["prepare"] = prepare
    all["total"] = total
    try all.encode(to: encoder)
  }
}

// Adds up the seconds of the phases of a run.

/// A stopwatch for phases that come and go.
struct PhaseClock {
  private let start = ContinuousClock.now

  /// Seconds since the clock was made.
  var total: Double { (ContinuousClock.now - start) / .seconds(1) }

  /// Runs `body` and adds the seconds that it took.
  func measure<Result>(_ sum: inout Double, _ body: () throws -> Result) rethrows -> Result {
    let began = ContinuousClock.now
    defer { sum += (ContinuousClock.now - began) / .seconds(1) }
    return try body()
  }
}

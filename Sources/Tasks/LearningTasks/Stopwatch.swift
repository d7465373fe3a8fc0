// Adds up the seconds of the phases of a run.

/// A stopwatch for phases that come and go.
struct PhaseClock {
  private let start = ContinuousClock.now

  /// Seconds since the clock was made.
  var total: Double { Self.seconds(ContinuousClock.now - start) }

  /// Runs `body` and adds the seconds that it took.
  func measure<Result>(_ sum: inout Double, _ body: () throws -> Result) rethrows -> Result {
    let began = ContinuousClock.now
    defer { sum += Self.seconds(ContinuousClock.now - began) }
    return try body()
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}

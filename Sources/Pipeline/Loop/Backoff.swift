// When something that failed is tried again: after a second at first, then after twice the time each
// time, and no wake signal shortens the pause.

/// The pause after failures.
struct Backoff {
  private var pause = Self.first
  private let longest: Duration
  private var next: ContinuousClock.Instant?
  private var error: (any Error)?

  private static let first = Duration.seconds(1)

  init(longest: Duration = .seconds(60)) { self.longest = longest }

  /// What failed, and how long to wait until it may be tried again; nil if it may be tried now.
  func left(_ now: ContinuousClock.Instant = .now) -> (error: any Error, wait: Duration)? {
    guard let next, let error, next > now else { return nil }
    return (error, next - now)
  }

  /// Notes a failure and returns how long to wait.
  mutating func failed(_ error: any Error, _ now: ContinuousClock.Instant = .now) -> Duration {
    let wait = pause
    next = now + wait
    pause = min(pause * 2, longest)
    self.error = error
    return wait
  }

  /// Notes a success.
  mutating func succeeded() { self = Backoff(longest: longest) }
}

// Waiting for what another thread or program does.

import Foundation

/// A wait that was given up shortly before the time limit of its test.
public struct WaitedInVain: Error, CustomStringConvertible {
  let what: String
  let seconds: Int

  public var description: String { "\(what) did not happen within \(seconds) seconds" }
}

/// Looks every few milliseconds until something holds.
///
/// The bound is no measure of speed: it only makes a wait in vain an error that says what was
/// awaited, before the time limit of the test ends the whole run.
///
/// - Throws: `WaitedInVain` after four minutes, and what `isDone` throws.
public func wait(for what: String, until isDone: () throws -> Bool) throws {
  let seconds = 240
  let end = ContinuousClock.now + .seconds(seconds)
  while try !isDone() {
    guard ContinuousClock.now < end else { throw WaitedInVain(what: what, seconds: seconds) }
    Thread.sleep(forTimeInterval: 0.005)
  }
}

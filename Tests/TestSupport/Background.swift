// Work beside a test, on a thread of its own.

import Foundation

/// Work that runs beside a test; blocking is fine, because it has a thread of its own.
public final class Background<Value: Sendable>: Sendable {
  private let outcome = Locked<Result<Value, any Error>?>(nil)

  /// Starts the work.
  public init(_ work: @escaping @Sendable () throws -> Value) {
    let outcome = outcome
    let thread = Thread {
      let result = Result { try work() }
      outcome.change { $0 = result }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Waits for the work and returns what it returned, or throws what it threw.
  public func value() throws -> Value { try outcome.wait { $0 }.get() }
}

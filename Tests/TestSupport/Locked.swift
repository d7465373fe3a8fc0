// A value that threads share, and wait for.

import Foundation

/// A value behind a lock, with threads that wait until it is as they need it.
public final class Locked<Value>: @unchecked Sendable {
  private let condition = NSCondition()
  private var value: Value

  public init(_ value: Value) { self.value = value }

  /// Changes the value and wakes those who wait.
  @discardableResult
  public func change<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    return try body(&value)
  }

  /// Waits until the body returns something other than nil, and returns that.
  public func wait<Result>(_ body: (inout Value) -> Result?) -> Result {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = body(&value) { return result }
      condition.wait()
    }
  }
}

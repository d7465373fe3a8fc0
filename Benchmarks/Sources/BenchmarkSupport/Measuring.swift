// How a measurement is taken and handed to the scripts that compare.

import Foundation

extension ContinuousClock {
  /// Runs a closure and returns its result and the seconds it took.
  public func timed<Result>(_ body: () throws -> Result) rethrows -> (
    result: Result, seconds: Double
  ) {
    let start = now
    let result = try body()
    return (result, start.duration(to: now) / .seconds(1))
  }
}

/// Prints a result as one line of JSON.
public func printJSON(_ result: [String: Any]) throws {
  let json = try JSONSerialization.data(withJSONObject: result, options: [.sortedKeys])
  print(String(decoding: json, as: UTF8.self))
}

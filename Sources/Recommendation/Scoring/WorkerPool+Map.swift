// Results that threads make side by side.
import NumericCore

extension WorkerPool {
  /// The results of a call for each index below a count, in their order.
  ///
  /// - Parameter grain: how many indices one thread takes at once.
  func map<Result>(count: Int, grain: Int, _ body: (Int) -> Result) -> [Result] {
    var results = [Result?](repeating: nil, count: count)
    results.withUnsafeMutableBufferPointer { buffer in
      // Each result is written by the one call that has its index.
      nonisolated(unsafe) let results = buffer
      forEachRange(count: count, grain: grain) { range, _ in
        for index in range { results[index] = body(index) }
      }
    }
    return results.compactMap(\.self)
  }
}

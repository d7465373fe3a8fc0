// Bagging: a random part of the rows for each tree, decided for each row on its own.

internal import NumericCore

/// A random subset of rows, a pure function of seed, tree and row.
struct RowSample: Sendable {
  let random: CounterRandom
  let fraction: Double

  /// Whether a row is in the sample.
  func contains(_ row: Int) -> Bool { random.uniform(at: UInt64(row)) < fraction }

  /// Notes for each of some rows whether it is in the sample: 1 or 0.
  ///
  /// - Returns: how many are.
  func mark(_ rows: Range<Int>, in marks: UnsafeMutablePointer<UInt8>) -> Int {
    var count = 0
    for row in rows {
      let mark: UInt8 = contains(row) ? 1 : 0
      marks[row] = mark
      count += Int(mark)
    }
    return count
  }

  /// Moves the derivatives of rows that are marked to the front of their buffers.
  ///
  /// - Parameter body: is given these rows' indices.
  static func compact(
    rows: Range<Int>, marks: UnsafePointer<UInt8>, gradients: UnsafeMutableBufferPointer<Float>,
    hessians: UnsafeMutableBufferPointer<Float>, _ body: (UnsafePointer<Int32>?) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: rows.count) { kept in
      var next = 0
      // Written whether marked or not, and overwritten if not: a branch would be guessed wrongly.
      for index in 0..<rows.count {
        let row = rows.lowerBound + index
        kept[next] = Int32(truncatingIfNeeded: row)
        gradients[next] = gradients[index]
        hessians[next] = hessians[index]
        next += Int(marks[row])
      }
      body(UnsafePointer(kept.baseAddress))
    }
  }

  /// Calls `body` with the rows of a range that are not marked.
  static func withUnmarked(
    _ rows: Range<Int>, marks: UnsafePointer<UInt8>, _ body: (UnsafeBufferPointer<Int32>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: rows.count + 1) { left in
      var next = 0
      for row in rows {
        left[next] = Int32(truncatingIfNeeded: row)
        next += 1 - Int(marks[row])
      }
      body(UnsafeBufferPointer(rebasing: left[..<next]))
    }
  }
}

// Bagging: a random part of the rows for each tree, decided for each row on its own.

internal import NumericCore

/// A random subset of rows, a pure function of seed, tree and row.
struct RowSample: Sendable {
  let random: CounterRandom
  let fraction: Double

  /// Whether a row is in the sample.
  func contains(_ row: Int) -> Bool { random.uniform(at: UInt64(row)) < fraction }

  /// How many of some rows are in the sample.
  func count(_ rows: Range<Int>) -> Int { rows.reduce(0) { $0 + (contains($1) ? 1 : 0) } }

  /// Moves the derivatives of sampled rows to the front of their buffers.
  ///
  /// - Parameter body: is given the sampled rows' indices.
  func compact(
    rows: Range<Int>, gradients: UnsafeMutableBufferPointer<Float>,
    hessians: UnsafeMutableBufferPointer<Float>, _ body: (UnsafePointer<Int32>?) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: rows.count) { kept in
      var next = 0
      for (index, row) in rows.enumerated() where contains(row) {
        kept[next] = Int32(row)
        gradients[next] = gradients[index]
        hessians[next] = hessians[index]
        next += 1
      }
      body(UnsafePointer(kept.baseAddress))
    }
  }
}

// Random rows of bins as training holds them: row by row, column by column, and entries.

import NumericCore

struct BinnedRows {
  let count: Int
  let features: Int
  /// Bytes from row to row of `rowMajor`.
  let stride = 32
  let rowMajor: [UInt8]
  /// The bins of one feature after the other.
  let columns: [[UInt8]]
  /// Half of the rows with random derivatives, ascending, as in a node below the root.
  let entries: [UInt64]

  init(count: Int, features: Int, seed: UInt64 = 1) {
    var generator = SeededGenerator(seed: seed)
    self.count = count
    self.features = features
    columns = (0..<features).map { _ in
      (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
    var rowMajor = [UInt8](repeating: 0, count: count * stride)
    for (feature, column) in columns.enumerated() {
      for row in 0..<count { rowMajor[row * stride + feature] = column[row] }
    }
    self.rowMajor = rowMajor
    entries = (0..<count).compactMap { row in
      guard Bool.random(using: &generator) else { return nil }
      let gradient = Int16.random(in: -200...200, using: &generator)
      let hessian = UInt64.random(in: 1...250, using: &generator)
      return UInt64(row) << 32 | UInt64(UInt16(bitPattern: gradient)) << 16 | hessian
    }
  }
}

// Compressed sparse rows: which columns a row has, in ascending order.

internal import NumericCore

/// The columns of each row, row after row, with values where there are any.
public struct SparseRows: Sendable, Equatable {
  /// Row `r` is at `offsets[r] ..< offsets[r + 1]` of `indices`; one more element than rows.
  public let offsets: [Int]
  /// The columns, ascending inside a row.
  public let indices: [Int32]
  /// The values beside `indices`; nil where only presence counts.
  public let values: [Float]?

  /// The number of rows.
  public var rows: Int { offsets.count - 1 }

  /// The columns of a row.
  public subscript(row: Int) -> ArraySlice<Int32> { indices[offsets[row]..<offsets[row + 1]] }

  /// Whether a row has a column.
  public func contains(row: Int, column: Int32) -> Bool { place(row: row, column: column) != nil }

  /// The place of a row's column in `indices`; nil if the row does not have it.
  public func place(row: Int, column: Int32) -> Int? {
    var (low, high) = (offsets[row], offsets[row + 1])
    while low < high {
      let middle = (low + high) / 2
      if indices[middle] < column { low = middle + 1 } else { high = middle }
    }
    return low < offsets[row + 1] && indices[low] == column ? low : nil
  }

  /// Creates rows from their parts.
  ///
  /// - Precondition: offsets ascend from 0 to the number of indices, and rows are ascending.
  public init(offsets: [Int], indices: [Int32], values: [Float]? = nil) {
    precondition(offsets.first == 0 && offsets.last == indices.count, "offsets and indices differ")
    precondition(values == nil || values?.count == indices.count, "values and indices differ")
    for row in 0..<offsets.count - 1 {
      precondition(offsets[row] <= offsets[row + 1], "offsets descend at row \(row)")
      for place in offsets[row]..<max(offsets[row], offsets[row + 1] - 1) {
        precondition(indices[place] < indices[place + 1], "row \(row) is not ascending")
      }
    }
    self.offsets = offsets
    self.indices = indices
    self.values = values
  }

  /// Creates rows from lists of columns in any order; duplicates count once.
  public init(_ lists: [[Int32]]) {
    var offsets = [0]
    var indices: [Int32] = []
    for list in lists {
      indices += Set(list).sorted()
      offsets.append(indices.count)
    }
    self.init(offsets: offsets, indices: indices)
  }

  /// Creates rows from lists of ascending columns.
  ///
  /// - Precondition: each list is ascending.
  public init(joining lists: [ArraySlice<Int32>]) {
    var (offsets, indices) = ([0], [Int32]())
    for list in lists {
      indices += list
      offsets.append(indices.count)
    }
    self.init(offsets: offsets, indices: indices)
  }

  /// Exchanges rows and columns.
  public func transposed(columns: Int) -> SparseRows {
    var places = [Int](repeating: 0, count: columns + 1)
    for column in indices { places[Int(column) + 1] += 1 }
    for column in 0..<columns { places[column + 1] += places[column] }
    let offsets = places
    var rowIndices = [Int32](repeating: 0, count: indices.count)
    var moved = values.map { [Float](repeating: 0, count: $0.count) }
    for row in 0..<rows {
      for place in self.offsets[row]..<self.offsets[row + 1] {
        let column = Int(indices[place])
        rowIndices[places[column]] = Int32(row)
        if let values { moved?[places[column]] = values[place] }
        places[column] += 1
      }
    }
    return SparseRows(offsets: offsets, indices: rowIndices, values: moved)
  }

  /// Some rows, in another order.
  func rows(_ rows: [Int]) -> SparseRows {
    SparseRows(
      offsets: rows.reduce(into: [0]) { $0.append($0[$0.count - 1] + self[$1].count) },
      indices: rows.flatMap { self[$0] },
      values: values.map { values in rows.flatMap { values[offsets[$0]..<offsets[$0 + 1]] } })
  }

  /// The same rows with other values, which `change` makes of those of a row, in place.
  func mapValues(
    pool: WorkerPool,
    _ change: (
      _ row: Int, _ columns: UnsafeBufferPointer<Int32>,
      _ values: UnsafeMutableBufferPointer<Float>
    ) -> Void
  ) -> SparseRows {
    let changed = AlignedBuffer<Float>(count: indices.count)
    if let values { _ = changed.elements.update(from: values) }
    indices.withUnsafeBufferPointer { columns in
      pool.forEachRange(count: rows, grain: 256) { range, _ in
        for row in range {
          let places = offsets[row]..<offsets[row + 1]
          change(
            row, UnsafeBufferPointer(rebasing: columns[places]),
            UnsafeMutableBufferPointer(rebasing: changed.elements[places]))
        }
      }
    }
    return SparseRows(offsets: offsets, indices: indices, values: Array(changed.elements))
  }
}

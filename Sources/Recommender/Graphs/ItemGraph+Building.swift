// Building a graph row by row, shared among threads, in bounded memory.

internal import NumericCore

extension ItemGraph {
  /// The rows that one thread makes at a time.
  private static let rowBlock = 128
  /// The memory of an arc: its column and its weight.
  static let arcBytes = MemoryLayout<Int32>.stride + MemoryLayout<Float>.stride

  /// Returns how many arcs an item may have, so that all arcs fit into some memory.
  ///
  /// - Throws: `RecommenderError.tooLarge` if not even one arc for each item fits.
  static func arcsPerItem(
    _ wanted: Int, items: Int, mostBytes: Int, what: String
  ) throws -> Int {
    let fitting = mostBytes / (max(1, items) * arcBytes)
    guard fitting >= 1 else {
      throw RecommenderError.tooLarge(what: what, bytes: items * arcBytes, most: mostBytes)
    }
    return min(wanted, fitting)
  }

  /// Makes all rows.
  ///
  /// - Parameters:
  ///   - row: writes the arcs of an item into a row; called once for each item, from any thread.
  static func build(
    items: Int, pool: WorkerPool, row: (_ item: Int, _ worker: Int, _ into: inout ArcRows) -> Void
  ) -> ItemGraph {
    let blocks = (items + rowBlock - 1) / rowBlock
    let parts = ArcParts(count: blocks)
    pool.forEachRange(count: items, grain: rowBlock) { range, worker in
      var rows = ArcRows()
      for item in range {
        row(item, worker, &rows)
        rows.ends.append(rows.columns.count)
      }
      parts[range.lowerBound / rowBlock] = rows
    }
    return ItemGraph(arcs: parts.joined())
  }
}

/// Rows that are being made, one after the other.
struct ArcRows {
  /// The columns, ascending inside a row, and their weights.
  var columns: [Int32] = []
  var weights: [Float] = []
  /// Where each finished row ends.
  fileprivate(set) var ends: [Int] = []
}

/// The rows of all blocks; each block is written by one thread.
private final class ArcParts: @unchecked Sendable {
  private let parts: UnsafeMutableBufferPointer<ArcRows>

  init(count: Int) {
    parts = .allocate(capacity: count)
    parts.initialize(repeating: ArcRows())
  }

  deinit {
    parts.deinitialize()
    parts.deallocate()
  }

  subscript(block: Int) -> ArcRows {
    get { parts[block] }
    set { parts[block] = newValue }
  }

  /// Joins the blocks, and gives back the memory of each as soon as it is copied.
  func joined() -> SparseRows {
    let count = parts.reduce(0) { $0 + $1.columns.count }
    var offsets = [0]
    var columns: [Int32] = []
    var weights: [Float] = []
    columns.reserveCapacity(count)
    weights.reserveCapacity(count)
    for block in parts.indices {
      let start = columns.count
      offsets += parts[block].ends.map { start + $0 }
      columns += parts[block].columns
      weights += parts[block].weights
      parts[block] = ArcRows()
    }
    return SparseRows(offsets: offsets, indices: columns, values: weights)
  }
}

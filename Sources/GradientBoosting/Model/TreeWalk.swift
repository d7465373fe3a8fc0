// The leaves that rows of bins end in: what training asks of a tree that it has just grown.

internal import CKernels
internal import NumericCore

/// A tree prepared for walking.
struct TreeWalk {
  private let nodes: [mlk_node]
  private let sets: [BinSet]
  private let hasSets: Bool

  init(_ tree: Tree) {
    nodes = tree.walkingNodes()
    sets = tree.sets
    hasSets = nodes.contains { $0.set != 0 }
  }

  /// Whether dividing all rows node by node is possible, which is faster than walking some.
  var isFast: Bool { !hasSets && nodes.count <= Int(MLK_COLUMN_WALK_NODES) }

  /// Writes the index of the leaf of each row of a range.
  ///
  /// - Parameter leaves: one element for each of these rows.
  func findLeaves(
    rows: Range<Int>, of matrix: BinnedMatrix, into leaves: UnsafeMutablePointer<UInt16>
  ) {
    if isFast {
      mlk_tree_leaves_by_column(
        nodes, nodes.count, matrix.columnMajor.base, matrix.rowCount, rows.lowerBound, rows.count,
        leaves)
    } else {
      withSets { sets in
        mlk_tree_leaves(
          nodes, sets, matrix.rowMajor.base + rows.lowerBound * matrix.stride, matrix.stride,
          rows.count, leaves)
      }
    }
  }

  /// Writes the index of the leaf of some rows, each to its own element.
  ///
  /// - Parameter leaves: one element for each row of the matrix.
  func findLeaves(
    at rows: UnsafeBufferPointer<Int32>, of matrix: BinnedMatrix,
    into leaves: UnsafeMutablePointer<UInt16>
  ) {
    withSets { sets in
      mlk_tree_leaves_at(
        nodes, sets, matrix.rowMajor.base, matrix.stride, rows.baseAddress, rows.count, leaves)
    }
  }

  private typealias Words = (UInt64, UInt64, UInt64, UInt64)

  private func withSets(_ body: (UnsafePointer<Words>?) -> Void) {
    sets.withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: Words.self)) }
  }
}

extension Tree {
  /// The nodes with every set that is an interval as one: a comparison is far faster than a set.
  func walkingNodes() -> [mlk_node] {
    if sets.isEmpty { return nodes }
    return nodes.map { node in
      guard node.set != 0, let interval = sets[Int(node.set) - 1].interval else { return node }
      var plain = node
      (plain.low, plain.width, plain.set) = (interval.low, interval.width, 0)
      return plain
    }
  }
}

extension BinSet {
  /// The first bin and how many follow it, if the set is a run of bins.
  var interval: (low: UInt8, width: UInt8)? {
    withUnsafeBytes(of: words) { bytes -> (low: UInt8, width: UInt8)? in
      var (low, count, last) = (-1, 0, -1)
      for (index, byte) in bytes.enumerated() where byte != 0 {
        if low < 0 { low = 8 * index + byte.trailingZeroBitCount }
        count += byte.nonzeroBitCount
        last = 8 * index + 7 - byte.leadingZeroBitCount
      }
      return low >= 0 && last - low + 1 == count ? (UInt8(low), UInt8(last - low)) : nil
    }
  }
}

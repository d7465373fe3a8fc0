// The leaves that rows of bins end in: what training asks of a tree that it has just grown.

internal import CKernels
internal import NumericCore

/// A tree prepared for walking.
struct TreeWalk {
  private let nodes: [mlk_node]
  private let sets: [BinSet]
  private let steps: LeafSteps?

  init(_ tree: Tree) {
    nodes = tree.walkingNodes()
    sets = tree.sets
    steps = LeafSteps(tree)
  }

  /// Whether dividing all rows step by step is possible, which is faster than walking some.
  var isFast: Bool { steps != nil }

  /// Writes the index of the leaf of each row of a range.
  ///
  /// - Parameter leaves: one element for each of these rows.
  func findLeaves(
    rows: Range<Int>, of matrix: BinnedMatrix, into leaves: UnsafeMutablePointer<UInt16>
  ) {
    if let steps {
      mlk_step_leaves(
        steps.steps, steps.steps.count, steps.leaves, matrix.columnMajor.base, matrix.rowCount,
        rows.lowerBound, rows.count, leaves)
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
  /// The nodes, where a set that one interval tells is an interval: a comparison is far faster.
  func walkingNodes() -> [mlk_node] {
    if sets.isEmpty { return nodes }
    return nodes.map { node in
      guard node.set != 0 else { return node }
      let intervals = sets[Int(node.set) - 1].intervals
      guard intervals.count == 1, let interval = intervals.first else { return node }
      var plain = node
      (plain.low, plain.width, plain.set) = (interval.low, interval.width, 0)
      return plain
    }
  }
}

// A tree as steps that divide many rows among its leaves (see mlk_leaf_steps.h), which is far
// faster than a walk row by row.

internal import CKernels

/// The steps of one tree.
struct LeafSteps {
  private(set) var steps: [mlk_leaf_step] = []
  /// The index of each leaf among the tree's nodes, from left to right.
  private(set) var leaves: [UInt16] = []

  /// More steps take longer than a walk.
  private static let mostSteps = 1_024

  /// Prepares a tree.
  ///
  /// - Returns: nil where the tree has too many leaves, or sets in too many pieces.
  init?(_ tree: Tree) {
    guard tree.leafCount <= Int(MLK_STEP_LEAVES) else { return nil }
    steps.reserveCapacity(tree.nodes.count / 2)
    leaves.reserveCapacity(tree.leafCount)
    add(tree, node: 0)
    guard steps.count <= Self.mostSteps else { return nil }
  }

  private mutating func add(_ tree: Tree, node index: Int) {
    if tree.isLeaf(index) {
      leaves.append(UInt16(index))
      return
    }
    let node = tree.nodes[index]
    let own = steps.count
    let leaf = UInt8(leaves.count)
    let staying =
      node.set == 0
      ? [BinInterval(low: node.low, width: node.width)] : tree.sets[Int(node.set) - 1].intervals
    for interval in staying {
      steps.append(
        mlk_leaf_step(
          feature: node.feature, low: interval.low, width: interval.width, leaf: leaf, right: 0))
    }
    let afterOwn = steps.count
    add(tree, node: Int(node.left))
    for step in own..<afterOwn { steps[step].right = UInt8(leaves.count) }
    add(tree, node: Int(node.left) + 1)
  }
}

/// The bins from `low` to `low + width`, where 0 follows 255.
struct BinInterval: Equatable {
  let low: UInt8
  let width: UInt8
}

extension BinSet {
  /// Intervals whose common bins are those of the set: each leaves out one run of other bins.
  var intervals: [BinInterval] {
    // The bins that begin a run of the set's bins, and those that begin a run of others.
    var (begins, ends): ([UInt8], [UInt8]) = ([], [])
    let words = [words.0, words.1, words.2, words.3]
    for (index, word) in words.enumerated() {
      let before = word << 1 | words[(index + 3) % 4] >> 63
      var changes = word ^ before
      while changes != 0 {
        let bit = changes.trailingZeroBitCount
        let bin = UInt8(64 * index + bit)
        if word >> UInt64(bit) & 1 == 1 { begins.append(bin) } else { ends.append(bin) }
        changes &= changes - 1
      }
    }
    guard let first = begins.first, let firstEnd = ends.first else {
      // All bins need no interval. No interval leaves out all bins, but two have none in common.
      return words[0] == 0
        ? [BinInterval(low: 0, width: 127), BinInterval(low: 128, width: 127)] : []
    }
    // The run of others that begins with an end lasts until the set's next run.
    let offset = first > firstEnd ? 0 : 1
    return ends.indices.map { index in
      let low = begins[(index + offset) % begins.count]
      return BinInterval(low: low, width: ends[index] &- low &- 1)
    }
  }
}

// The leaves of a tree as what TreeSHAP needs of them: for every feature on the way to the leaf,
// which bins lead there and what share of the training rows would, were the feature unknown.

internal import CKernels

/// One leaf and the conditions on the way to it, one for each feature that is asked about.
struct LeafPath: Sendable {
  /// What a path asks of one feature.
  struct Condition: Sendable {
    let feature: Int
    /// The bins with which a row follows the path at every node that asks about the feature.
    var bins: BinSet
    /// The share of training rows that take the path's side, multiplied over these nodes.
    var share: Double
  }

  /// The leaf's value.
  let value: Double
  /// The conditions, one for each different feature.
  let conditions: [Condition]
}

extension Tree {
  /// The paths to all leaves.
  func leafPaths() -> [LeafPath] {
    var paths: [LeafPath] = []
    // A stack of its own: a tree may be as deep as it has leaves.
    var open: [(node: Int, conditions: [LeafPath.Condition])] = [(0, [])]
    while let (index, conditions) = open.popLast() {
      guard !isLeaf(index) else {
        paths.append(LeafPath(value: values[index], conditions: conditions))
        continue
      }
      let node = nodes[index]
      let left = Int(node.left)
      let goesLeft = leftBins(of: node)
      for (child, bins) in [(left + 1, goesLeft.complement), (left, goesLeft)] {
        var conditions = conditions
        let share = share(child, of: index)
        if let known = conditions.firstIndex(where: { $0.feature == Int(node.feature) }) {
          conditions[known].bins = conditions[known].bins.intersection(bins)
          conditions[known].share *= share
        } else {
          conditions.append(
            LeafPath.Condition(feature: Int(node.feature), bins: bins, share: share))
        }
        open.append((child, conditions))
      }
    }
    return paths
  }

  /// The share of a node's training rows that went to a child; 0 where there were none.
  private func share(_ child: Int, of parent: Int) -> Double {
    counts[parent] > 0 ? Double(counts[child]) / Double(counts[parent]) : 0
  }

  /// The bins that a node sends left.
  private func leftBins(of node: mlk_node) -> BinSet {
    if node.set > 0 { return sets[Int(node.set) - 1] }
    var bins = BinSet()
    for bin in Int(node.low)...min(255, Int(node.low) + Int(node.width)) { bins.insert(bin) }
    return bins
  }

  /// The mean value of the leaves over the training rows.
  var meanValue: Double {
    leafPaths().reduce(0) { sum, path in
      sum + path.conditions.reduce(path.value) { $0 * $1.share }
    }
  }
}

extension BinSet {
  /// The bins that are not in the set.
  var complement: BinSet { BinSet(words: (~words.0, ~words.1, ~words.2, ~words.3)) }

  /// The bins that are in both sets.
  func intersection(_ other: BinSet) -> BinSet {
    BinSet(
      words: (
        words.0 & other.words.0, words.1 & other.words.1, words.2 & other.words.2,
        words.3 & other.words.3
      ))
  }
}

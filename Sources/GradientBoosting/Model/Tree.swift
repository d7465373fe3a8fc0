// A regression tree over bins.

internal import CKernels

/// A trained tree: arrays of plain nodes, children side by side behind their parent.
struct Tree: Sendable {
  /// The most splits between the root and a leaf, whatever is asked for, and in files.
  ///
  /// An explanation keeps numbers for each split of a path and each two of its inputs: 17 MB for a
  /// path of 512 splits of as many inputs, and 34 MB for interactions.
  static let mostDepth = 512

  /// The nodes; a leaf points to itself (see mlk_tree_walk.h).
  var nodes: [mlk_node]
  /// The sets of bins that set splits send left, by the order of their nodes.
  var sets: [BinSet]
  /// For each node the value of its rows were it a leaf, shrinkage included.
  var values: [Double]
  /// For each node the gain of its split; 0 for leaves.
  var gains: [Double]
  /// For each node how many training rows reached it.
  var counts: [Int32]

  /// The number of leaves.
  var leafCount: Int { (nodes.count + 1) / 2 }

  /// Whether a node is a leaf.
  func isLeaf(_ index: Int) -> Bool { Int(nodes[index].left) == index }

  /// Turns a grown tree into a model's tree.
  init(_ grown: GrownTree, learningRate: Double) {
    var tree = Tree()
    for (index, growing) in grown.growingIndices.enumerated() {
      let node = grown.nodes[growing]
      tree.values.append(learningRate * grown.finder.leafValue(node.sums, bounds: node.bounds))
      tree.counts.append(Int32(clamping: node.count))
      guard node.isAccepted else {
        tree.nodes.append(mlk_node(feature: 0, low: 0, width: 255, left: UInt16(index), set: 0))
        tree.gains.append(0)
        continue
      }
      let split = node.split
      if split.isSet { tree.sets.append(split.set) }
      tree.nodes.append(
        mlk_node(
          feature: UInt16(split.feature), low: split.low, width: split.width,
          left: UInt16(grown.treeIndices[node.left]),
          set: split.isSet ? UInt16(tree.sets.count) : 0))
      tree.gains.append(split.gain)
    }
    self = tree
  }

  /// Replaces the values of the leaves by what `value` makes of their rows.
  ///
  /// - Parameters:
  ///   - facts: for each node what is known of its rows, such as sums of their derivatives.
  ///   - value: takes the index of a leaf and what is known of its rows.
  mutating func setLeafValues<Facts>(_ facts: [Facts], _ value: (Int, Facts) -> Double) {
    for index in nodes.indices where isLeaf(index) { values[index] = value(index, facts[index]) }
  }

  /// Creates a tree without nodes, to be filled.
  init() {
    nodes = []
    sets = []
    values = []
    gains = []
    counts = []
  }
}

// Reads the trees of a stored model and checks that each is a tree.

internal import CKernels
internal import ModelFormats

/// The arrays of a stored model's trees.
struct TreeReader {
  private let sizes: [Int32]
  private let setCounts: [Int32]
  private let nodes: [mlk_node]
  private let values: [Double]
  private let gains: [Double]
  private let counts: [Int32]
  private let sets: [Int64]
  private let featureCount: Int

  /// Takes the arrays out of a file.
  ///
  /// - Throws: `StorageError.corrupt`.
  init(_ file: SafetensorsFile, featureCount: Int) throws {
    self.featureCount = featureCount
    sizes = try file.tensor("tree_sizes", as: Int32.self)
    setCounts = try file.tensor("set_counts", as: Int32.self, shape: [sizes.count])
    let feature = try file.tensor("feature", as: UInt16.self)
    let shape: [Int?] = [feature.count]
    let low = try file.tensor("low", as: UInt8.self, shape: shape)
    let width = try file.tensor("width", as: UInt8.self, shape: shape)
    let left = try file.tensor("left", as: UInt16.self, shape: shape)
    let set = try file.tensor("set", as: UInt16.self, shape: shape)
    values = try file.tensor("value", as: Double.self, shape: shape)
    gains = try file.tensor("gain", as: Double.self, shape: shape)
    counts = try file.tensor("count", as: Int32.self, shape: shape)
    sets = try file.tensor("sets", as: Int64.self)
    nodes = feature.indices.map {
      mlk_node(
        feature: feature[$0], low: low[$0], width: width[$0], left: left[$0], set: set[$0])
    }
  }

  /// Builds the trees.
  ///
  /// - Throws: `GradientBoostingError.corruptModel`.
  func trees() throws -> [Tree] {
    var trees: [Tree] = []
    var start = 0
    var setStart = 0
    for (size, setCount) in zip(sizes, setCounts) {
      let end = start + Int(size)
      let setEnd = setStart + Int(setCount)
      guard size >= 1, setCount >= 0, end <= nodes.count, 4 * setEnd <= sets.count else {
        throw GradientBoostingError.corruptModel(reason: "tree \(trees.count) is too long")
      }
      var tree = Tree()
      tree.nodes = Array(nodes[start..<end])
      tree.values = Array(values[start..<end])
      tree.gains = Array(gains[start..<end])
      tree.counts = Array(counts[start..<end])
      tree.sets = (setStart..<setEnd).map { index in
        let words = sets[4 * index..<4 * index + 4].map { UInt64(bitPattern: $0) }
        return BinSet(words: (words[0], words[1], words[2], words[3]))
      }
      try check(tree, number: trees.count)
      trees.append(tree)
      start = end
      setStart = setEnd
    }
    guard start == nodes.count, 4 * setStart == sets.count else {
      throw GradientBoostingError.corruptModel(reason: "there are nodes outside of all trees")
    }
    return trees
  }

  /// The children of the first inner node come first, then those of the second, and so on, as
  /// they are written: so every node has one parent and every walk ends in the tree.
  private func check(_ tree: Tree, number: Int) throws {
    var nextChild = 1
    // The splits above each node.
    var depths = [0]
    for (index, node) in tree.nodes.enumerated() {
      // A walk looks at the feature of leaves too.
      let isLeaf =
        tree.isLeaf(index) && node.feature == 0 && featureCount > 0 && node.low == 0
        && node.width == 255 && node.set == 0
      let isInner =
        !tree.isLeaf(index) && Int(node.left) == nextChild && Int(node.feature) < featureCount
      guard isLeaf || isInner, Int(node.set) <= tree.sets.count, tree.values[index].isFinite,
        tree.gains[index].isFinite, tree.counts[index] >= 0
      else {
        throw GradientBoostingError.corruptModel(reason: "node \(index) of tree \(number) is wrong")
      }
      guard !isLeaf else { continue }
      let (left, right) = (nextChild, nextChild + 1)
      guard right < tree.nodes.count, tree.counts[left] <= tree.counts[index],
        tree.counts[right] <= tree.counts[index]
      else {
        throw GradientBoostingError.corruptModel(
          reason: "node \(index) of tree \(number) has children that do not fit it")
      }
      guard depths[index] < Tree.mostDepth else {
        throw GradientBoostingError.corruptModel(
          reason: "tree \(number) has a path of more than \(Tree.mostDepth) splits")
      }
      depths += [depths[index] + 1, depths[index] + 1]
      nextChild += 2
    }
    guard nextChild == tree.nodes.count else {
      throw GradientBoostingError.corruptModel(reason: "tree \(number) lacks nodes")
    }
  }
}

// Rows down trees: one tree while training, a whole forest for tables and for single rows.

import CKernels
import NumericCore

func treeKernels() throws -> [Comparison] {
  let rows = BinnedRows(count: 4_096, features: 28)
  let forest = RandomForest(trees: 100, leaves: 255, features: rows.features)
  let small = RandomForest(trees: 100, leaves: 31, features: rows.features)
  return try [
    treeLeaves(rows, forest), forestAdd(rows, forest), stepAdd(rows, small, leaves: 31),
    stepAdd(rows, forest, leaves: 255), rowLeaves(rows, forest),
  ]
}

private typealias Words = (UInt64, UInt64, UInt64, UInt64)
/// No split of these trees is by a set.
private let noSets: [Words] = [(0, 0, 0, 0)]

/// Trees grown by splitting random leaves at random bins.
private struct RandomForest {
  var trees: [[mlk_node]] = []
  var values: [[Double]] = []

  init(trees count: Int, leaves: Int, features: Int) {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<count {
      var nodes = [mlk_node(feature: 0, low: 0, width: 255, left: 0, set: 0)]
      var open = [0]
      while open.count < leaves {
        let at = open.remove(at: Int.random(in: 0..<open.count, using: &generator))
        nodes[at] = mlk_node(
          feature: UInt16.random(in: 0..<UInt16(features), using: &generator), low: 1,
          width: UInt8.random(in: 60...190, using: &generator), left: UInt16(nodes.count), set: 0)
        for _ in 0..<2 {
          open.append(nodes.count)
          nodes.append(
            mlk_node(feature: 0, low: 0, width: 255, left: UInt16(nodes.count), set: 0))
        }
      }
      trees.append(nodes)
      values.append(nodes.map { _ in generator.normal() })
    }
  }

  /// Appends a tree as steps (see mlk_leaf_steps.h), and the values of its leaves from left to right.
  func appendSteps(tree: Int, to steps: inout [mlk_leaf_step], values: inout [Double]) {
    let first = values.count
    func append(_ at: Int) {
      let node = trees[tree][at]
      if Int(node.left) == at { return values.append(self.values[tree][at]) }
      let own = steps.count
      steps.append(
        mlk_leaf_step(
          feature: node.feature, low: node.low, width: node.width,
          leaf: UInt8(values.count - first), right: 0))
      append(Int(node.left))
      steps[own].right = UInt8(values.count - first)
      append(Int(node.left) + 1)
    }
    append(0)
  }

  /// The leaf of a row whose bin of a feature is given by a function.
  func leaf(tree: Int, bin: (Int) -> UInt8) -> Int {
    var at = 0
    while true {
      let node = trees[tree][at]
      let next = Int(node.left) + (bin(Int(node.feature)) &- node.low <= node.width ? 0 : 1)
      if next == at { return at }
      at = next
    }
  }
}

private func treeLeaves(_ rows: BinnedRows, _ forest: RandomForest) throws -> Comparison {
  var leaves = [UInt16](repeating: 0, count: rows.count)
  var naiveLeaves = leaves
  return try Comparison("rows to leaves", shape: "4096 rows, 255 leaves", elements: rows.count) {
    leaves == naiveLeaves
  } kernel: {
    mlk_tree_leaves(forest.trees[0], noSets, rows.rowMajor, rows.stride, rows.count, &leaves)
  } naive: {
    for row in 0..<rows.count {
      naiveLeaves[row] = UInt16(
        forest.leaf(tree: 0) { rows.rowMajor[row * rows.stride + $0] })
    }
  }
}

private func forestAdd(_ rows: BinnedRows, _ forest: RandomForest) throws -> Comparison {
  let groupRows = Int(MLK_GROUP_ROWS)
  let (groups, groupBytes) = (rows.count / groupRows, rows.features * groupRows)
  var bins = [UInt8](repeating: 0, count: groups * groupBytes)
  for row in 0..<rows.count {
    for feature in 0..<rows.features {
      bins[row / groupRows * groupBytes + feature * groupRows + row % groupRows] =
        rows.columns[feature][row]
    }
  }
  var scores = [Double](repeating: 0, count: rows.count)
  var naiveScores = scores
  return try Comparison(
    "forest of a table", shape: "4096 rows x 100 trees of 255 leaves",
    elements: rows.count * forest.trees.count
  ) {
    scores == naiveScores
  } kernel: {
    for (nodes, values) in zip(forest.trees, forest.values) {
      mlk_tree_add(nodes, noSets, 0, values, bins, groupBytes, groups, &scores)
    }
  } naive: {
    for tree in forest.trees.indices {
      for row in 0..<rows.count {
        let leaf = forest.leaf(tree: tree) { rows.rowMajor[row * rows.stride + $0] }
        naiveScores[row] += forest.values[tree][leaf]
      }
    }
  }
}

private func stepAdd(_ rows: BinnedRows, _ forest: RandomForest, leaves: Int) throws -> Comparison {
  let columns = rows.columns.flatMap { $0 }
  var steps: [mlk_leaf_step] = []
  var (values, stepStarts, valueStarts): ([Double], [UInt32], [UInt32]) = ([], [0], [])
  for tree in forest.trees.indices {
    valueStarts.append(UInt32(values.count))
    forest.appendSteps(tree: tree, to: &steps, values: &values)
    stepStarts.append(UInt32(steps.count))
  }
  var scores = [Double](repeating: 0, count: rows.count)
  var naiveScores = scores
  return try Comparison(
    "forest of a table by steps",
    shape: "\(rows.count) rows x \(forest.trees.count) trees of \(leaves) leaves",
    elements: rows.count * forest.trees.count
  ) {
    scores == naiveScores
  } kernel: {
    mlk_step_add(
      steps, stepStarts, values, valueStarts, forest.trees.count, columns, rows.count, rows.count,
      &scores)
  } naive: {
    for tree in forest.trees.indices {
      for row in 0..<rows.count {
        let leaf = forest.leaf(tree: tree) { rows.rowMajor[row * rows.stride + $0] }
        naiveScores[row] += forest.values[tree][leaf]
      }
    }
  }
}

/// Row after row through all trees: the same row again would teach the processor its way.
private func rowLeaves(_ rows: BinnedRows, _ forest: RandomForest) throws -> Comparison {
  let nodes = forest.trees.flatMap { $0 }
  let starts = forest.trees.indices.map { UInt32(forest.trees[..<$0].joined().count) }
  let trees = starts.count
  let setStarts = [UInt32](repeating: 0, count: trees)
  let some = 512
  var leaves = [UInt32](repeating: 0, count: some * trees)
  var naiveLeaves = leaves
  return try Comparison(
    "forest of a single row", shape: "row by row, 100 trees of 255 leaves", elements: some * trees
  ) {
    leaves == naiveLeaves
  } kernel: {
    rows.rowMajor.withUnsafeBufferPointer { bins in
      leaves.withUnsafeMutableBufferPointer { leaves in
        guard let bins = bins.baseAddress, let leaves = leaves.baseAddress else { return }
        for row in 0..<some {
          mlk_row_leaves(
            nodes, noSets, 0, starts, setStarts, trees, bins + row * rows.stride,
            leaves + row * trees)
        }
      }
    }
  } naive: {
    for row in 0..<some {
      for tree in 0..<trees {
        let leaf = forest.leaf(tree: tree) { rows.rowMajor[row * rows.stride + $0] }
        naiveLeaves[row * trees + tree] = starts[tree] + UInt32(leaf)
      }
    }
  }
}

// Rows divided step by step beside rows that walk through the nodes one by one.

import CKernels
import NumericCore
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct LeafStepsTests {
  private static let features = 5

  /// A tree whose inner nodes come in the order of their children; every node has a value.
  ///
  /// - Parameter setShare: the share of splits by sets of bins, among them empty and full ones.
  private func randomTree(leaves: Int, setShare: Double, _ generator: inout SeededGenerator) -> Tree
  {
    var tree = Tree()
    var open = [0]
    func leaf(_ index: Int) -> mlk_node {
      mlk_node(feature: 0, low: 0, width: 255, left: UInt16(index), set: 0)
    }
    tree.nodes = [leaf(0)]
    while open.count < leaves {
      let place = Int.random(in: 0..<open.count, using: &generator)
      let parent = open.remove(at: place)
      var set: UInt16 = 0
      if generator.uniform() < setShare {
        let densities: [Double] = [0, 0.03, 0.5, 1]
        let density = densities.randomElement(using: &generator) ?? 0
        var members = BinSet()
        for bin in 0...255 where generator.uniform() < density { members.insert(bin) }
        tree.sets.append(members)
        set = UInt16(tree.sets.count)
      }
      // Intervals may go over the end.
      tree.nodes[parent] = mlk_node(
        feature: UInt16.random(in: 0..<UInt16(Self.features), using: &generator),
        low: UInt8.random(in: 0...255, using: &generator),
        width: UInt8.random(in: 0...255, using: &generator), left: UInt16(tree.nodes.count),
        set: set)
      for _ in 0..<2 {
        open.append(tree.nodes.count)
        tree.nodes.append(leaf(tree.nodes.count))
      }
    }
    tree.values = tree.nodes.indices.map { Double($0) + generator.uniform() }
    return tree
  }

  private func leaf(_ tree: Tree, bin: (Int) -> UInt8) -> Int {
    var at = 0
    while !tree.isLeaf(at) {
      let node = tree.nodes[at]
      let own = bin(Int(node.feature))
      let goesLeft =
        node.set > 0
        ? tree.sets[Int(node.set) - 1].contains(Int(own)) : own &- node.low <= node.width
      at = Int(node.left) + (goesLeft ? 0 : 1)
    }
    return at
  }

  @Test(arguments: [0, 1, 63, 64, 65, 511, 512, 513, 1_500], [0, 0.3])
  func `rows divided by steps end where they walk to`(rows: Int, setShare: Double) {
    var generator = SeededGenerator(seed: UInt64(rows))
    for leaves in [1, 2, 3, 31, 256] {
      // The largest trees have too many pieces of sets for steps.
      let tree = randomTree(leaves: leaves, setShare: leaves > 31 ? 0 : setShare, &generator)
      guard let steps = LeafSteps(tree) else { continue }
      let columns = (0..<Self.features * rows).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let first = rows / 3
      var found = [UInt16](repeating: 0, count: rows - first)
      mlk_step_leaves(
        steps.steps, steps.steps.count, steps.leaves, columns, rows, first, rows - first, &found)
      #expect(
        found.map(Int.init)
          == (first..<rows).map { row in leaf(tree) { columns[$0 * rows + row] } })
    }
  }

  @Test(arguments: [1, 8, 63, 64, 65, 512, 700, 1_024])
  func `scores of many trees are sums in the order of the trees`(rows: Int) {
    var generator = SeededGenerator(seed: UInt64(rows))
    for treeCount in [0, 1, 3, 4, 5, 9] {
      // One tree in four is too large for steps.
      let trees = (0..<treeCount).map { index in
        randomTree(leaves: index % 4 == 2 ? 300 : 40, setShare: 0.1, &generator)
      }
      let flat = FlatTrees(trees)
      #expect(flat.needsGroups == trees.contains { LeafSteps($0) == nil })
      let groupRows = Int(MLK_GROUP_ROWS)
      let groups = (rows + groupRows - 1) / groupRows
      let (groupBytes, columnBytes) = (Self.features * groupRows, (rows + 63) / 64 * 64)
      let columns = (0..<Self.features * columnBytes).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      var grouped = [UInt8](repeating: 0, count: groups * groupBytes)
      for feature in 0..<Self.features {
        for row in 0..<groups * groupRows {
          grouped[row / groupRows * groupBytes + feature * groupRows + row % groupRows] =
            columns[feature * columnBytes + row]
        }
      }
      var scores = [Double](repeating: 0.1, count: groups * groupRows)
      scores.withUnsafeMutableBufferPointer {
        flat.add(
          columns: columns, columnBytes: columnBytes, groups: grouped, groupBytes: groupBytes,
          scores: $0)
      }
      for row in 0..<rows {
        let bins = (0..<Self.features).map { columns[$0 * columnBytes + row] }
        let expected = trees.reduce(0.1) { sum, tree in
          sum + tree.values[leaf(tree) { bins[$0] }]
        }
        #expect(scores[row] == expected)
        if row < 20 { #expect(flat.score(initial: 0.1, bins: bins) == expected) }
      }
    }
  }

  @Test func `the common bins of a set's intervals are those of the set`() {
    var generator = SeededGenerator(seed: 3)
    let densities: [Double] = [0, 0.01, 0.2, 0.5, 0.9, 0.99, 1]
    for density in densities {
      for _ in 0..<20 {
        var set = BinSet()
        for bin in 0...255 where generator.uniform() < density { set.insert(bin) }
        let intervals = set.intervals
        for bin in UInt8.min...UInt8.max {
          let isInAll = intervals.allSatisfy { bin &- $0.low <= $0.width }
          #expect(isInAll == set.contains(Int(bin)))
        }
      }
    }
  }

  @Test func `a run of bins is one interval, also over the end`() {
    for (low, count) in [(0, 1), (5, 3), (250, 6), (254, 9), (7, 255)] {
      var set = BinSet()
      for bin in low..<low + count { set.insert(bin % 256) }
      #expect(set.intervals == [BinInterval(low: UInt8(low), width: UInt8(count - 1))])
    }
  }

  @Test func `trees of too many leaves or pieces have no steps`() {
    var generator = SeededGenerator(seed: 4)
    let (tooLarge, largest, divided) = (
      randomTree(leaves: 257, setShare: 0, &generator),
      randomTree(leaves: 256, setShare: 0, &generator),
      randomTree(leaves: 256, setShare: 1, &generator)
    )
    #expect(!TreeWalk(tooLarge).isFast)
    #expect(LeafSteps(largest)?.steps.count == 255)
    #expect(!TreeWalk(divided).isFast)
  }
}

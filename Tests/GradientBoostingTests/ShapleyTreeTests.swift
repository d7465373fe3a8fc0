// Shapley values of one tree against their definition and against another method, over random trees
// with every kind of condition.

import CKernels
import NumericCore
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct ShapleyTreeTests {
  @Test(arguments: 1...40)
  func `the points integrate every polynomial that they are made for`(count: Int) {
    let points = ShapleyPoints(count: count)
    for degree in 0..<2 * count {
      let sum = zip(points.points, points.weights).reduce(0) { sum, point in
        sum + (0..<degree).reduce(point.1) { power, _ in power * point.0 }
      }
      #expect(abs(sum - 1 / Double(degree + 1)) < 1e-14, "degree \(degree)")
    }
    #expect(zip(points.points, points.complements).allSatisfy { $0 + $1 == 1 })
  }

  @Test(arguments: [(1, 3), (2, 3), (3, 1), (4, 2), (9, 3), (24, 5), (40, 7)], UInt64(0)..<6)
  func `values are those of the definition`(shape: (leaves: Int, features: Int), seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let tree = Tree(leaves: shape.leaves, features: shape.features, using: &generator)
    let rows = randomRows(19, features: shape.features, using: &generator)
    for (row, found) in zip(rows, values(tree, rows: rows)) {
      for (value, expected) in zip(found, definition(tree, bins: row)) {
        #expect(abs(value - expected) < 1e-12)
      }
    }
  }

  @Test(arguments: UInt64(0)..<12)
  func `features of one input are known together`(seed: UInt64) {
    var generator = SeededGenerator(seed: 50 + seed)
    let tree = Tree(leaves: 20, features: 5, using: &generator)
    let inputOf = [0, 2, 1, 0, 2]
    let rows = randomRows(9, features: 5, using: &generator)
    for (row, found) in zip(rows, values(tree, rows: rows, inputOf: inputOf)) {
      #expect(found[3...] == [0, 0])
      for (value, expected) in zip(found, definition(tree, bins: row, inputOf: inputOf)) {
        #expect(abs(value - expected) < 1e-12)
      }
    }
  }

  @Test(arguments: [(31, 5), (31, 28), (63, 3), (255, 12), (255, 60)], UInt64(0)..<4)
  func `values of large trees are those of the other method`(
    shape: (leaves: Int, features: Int), seed: UInt64
  ) {
    var generator = SeededGenerator(seed: 100 + seed)
    let tree = Tree(leaves: shape.leaves, features: shape.features, using: &generator)
    expectTwin(tree, rows: randomRows(21, features: shape.features, using: &generator))
  }

  /// Up to 40 different features on a path, so that the points go from 1 to 20; with 60 nodes some
  /// features are asked about again.
  @Test(arguments: [1, 2, 3, 15, 16, 17, 18, 25, 40, 60])
  func `values of a chain are those of the other method`(length: Int) {
    var generator = SeededGenerator(seed: UInt64(length))
    let features = min(length, 40)
    let tree = Tree(chain: length, features: features, using: &generator)
    expectTwin(tree, rows: randomRows(16, features: features, using: &generator))
  }

  /// Chains have all numbers of points and long paths, the others many shapes.
  @Test(arguments: [0, 3, 5, 8, 11, 14, 16, 17, 32, 40, 60], UInt64(0)..<4)
  func `a row has the same bytes alone and among others`(size: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: 31 * UInt64(size) + seed)
    let features = max(1, min(size, 40))
    let trees = [
      Tree(chain: size, features: features, using: &generator),
      Tree(leaves: 2 * size + 1, features: features, using: &generator),
      Tree(leaves: 2 * size + 1, features: 1 + features / 4, using: &generator),
    ]
    let rows = randomRows(27, features: features, using: &generator)
    for tree in trees {
      let together = values(tree, rows: rows)
      #expect(rows.map { values(tree, rows: [$0])[0] } == together)
      let prepared = ShapleyTree(tree, inputOf: Array(0..<features))
      let scratch = AlignedBuffer<Double>(count: prepared.rowScratchCount)
      for (row, expected) in zip(rows, together) {
        var found = [Double](repeating: 0, count: features)
        prepared.add(bins: row, scratch: scratch.base, contributions: &found)
        #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
      }
    }
  }

  private func expectTwin(_ tree: Tree, rows: [[UInt8]]) {
    let twin = LeafPathShapley(tree)
    for (row, found) in zip(rows, values(tree, rows: rows)) {
      for (value, expected) in zip(found, twin.values(bins: row)) {
        #expect(abs(value - expected) < 1e-12)
      }
    }
  }

  private func randomRows(
    _ count: Int, features: Int, using generator: inout SeededGenerator
  ) -> [[UInt8]] {
    (0..<count).map { _ in
      (0..<features).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
  }

  /// The values of rows by the kernel, which gets them in groups.
  ///
  /// - Parameter inputOf: the input of each feature; nil for one input each.
  private func values(_ tree: Tree, rows: [[UInt8]], inputOf: [Int]? = nil) -> [[Double]] {
    let features = rows[0].count
    let prepared = ShapleyTree(tree, inputOf: inputOf ?? Array(0..<features))
    let groupRows = Int(MLK_GROUP_ROWS)
    let groups = (rows.count + groupRows - 1) / groupRows
    var bins = [UInt8](repeating: 0, count: groups * groupRows * features)
    func place(_ row: Int, _ feature: Int) -> Int {
      (row / groupRows * features + feature) * groupRows + row % groupRows
    }
    for (row, own) in rows.enumerated() {
      for (feature, bin) in own.enumerated() { bins[place(row, feature)] = bin }
    }
    let scratch = AlignedBuffer<Double>(count: prepared.scratchCount)
    let sums = AlignedBuffer<Double>(count: bins.count)
    prepared.add(
      bins: bins, groupBytes: groupRows * features, groups: groups, scratch: scratch.base,
      contributions: sums.base, inputs: features)
    return rows.indices.map { row in (0..<features).map { sums.base[place(row, $0)] } }
  }

  /// The Shapley values by their definition, subset by subset.
  private func definition(_ tree: Tree, bins: [UInt8], inputOf: [Int]? = nil) -> [Double] {
    let inputOf = inputOf ?? Array(bins.indices)
    let count = 1 + (inputOf.max() ?? 0)
    let scores = (0..<1 << count).map { known in
      tree.meanValue(bins: bins) { known >> inputOf[$0] & 1 == 1 }
    }
    var factorial = [1.0]
    for k in 1...count { factorial.append(factorial[k - 1] * Double(k)) }
    return (0..<count).map { input in
      (0..<1 << count).filter { $0 >> input & 1 == 0 }.reduce(0) { sum, known in
        let size = known.nonzeroBitCount
        return sum + factorial[size] * factorial[count - 1 - size] / factorial[count]
          * (scores[known | 1 << input] - scores[known])
      }
    }
  }
}

extension Tree {
  /// A tree grown by splitting random leaves at random intervals and sets of bins.
  fileprivate init(leaves: Int, features: Int, using generator: inout SeededGenerator) {
    self.init(root: 1_000, using: &generator)
    var open = [0]
    while open.count < leaves {
      let leaf = open.remove(at: Int.random(in: 0..<open.count, using: &generator))
      let feature = Int.random(in: 0..<features, using: &generator)
      open += split(leaf, feature: feature, using: &generator)
    }
  }

  /// A tree of which every node has a leaf, with one feature after the other.
  fileprivate init(chain length: Int, features: Int, using generator: inout SeededGenerator) {
    self.init(root: 1_000_000, using: &generator)
    var leaf = 0
    for depth in 0..<length {
      let children = split(leaf, feature: depth % features, using: &generator)
      leaf = children[Int.random(in: 0...1, using: &generator)]
    }
  }

  private init(root count: Int32, using generator: inout SeededGenerator) {
    self.init()
    append(count: count, using: &generator)
  }

  private mutating func append(count: Int32, using generator: inout SeededGenerator) {
    nodes.append(
      mlk_node(feature: 0, low: 0, width: 255, left: UInt16(nodes.count), set: 0))
    values.append(generator.normal())
    gains.append(0)
    counts.append(count)
  }

  /// Splits a leaf; some children have no training rows.
  private mutating func split(
    _ leaf: Int, feature: Int, using generator: inout SeededGenerator
  ) -> [Int] {
    let left = nodes.count
    var node = mlk_node(
      feature: UInt16(feature), low: UInt8.random(in: 0...200, using: &generator), width: 0,
      left: UInt16(left), set: 0)
    node.width = UInt8.random(in: 0...(255 - node.low), using: &generator)
    if Int.random(in: 0..<3, using: &generator) == 0 {
      var set = BinSet()
      for bin in 0...255 where Bool.random(using: &generator) { set.insert(bin) }
      sets.append(set)
      node.set = UInt16(sets.count)
    }
    nodes[leaf] = node
    let count = Int32.random(in: 0...counts[leaf], using: &generator)
    append(count: count, using: &generator)
    append(count: counts[leaf] - count, using: &generator)
    return [left, left + 1]
  }

  /// The mean value of the leaves that a row reaches if only some features are known: where another
  /// one is asked about, it goes both ways in proportion to the training rows.
  func meanValue(_ index: Int = 0, bins: [UInt8], isKnown: (Int) -> Bool) -> Double {
    if isLeaf(index) { return values[index] }
    let node = nodes[index]
    let left = Int(node.left)
    if isKnown(Int(node.feature)) {
      let bin = Int(bins[Int(node.feature)])
      let goesLeft =
        node.set > 0
        ? sets[Int(node.set) - 1].contains(bin)
        : (Int(node.low)...Int(node.low) + Int(node.width)).contains(bin)
      return meanValue(goesLeft ? left : left + 1, bins: bins, isKnown: isKnown)
    }
    return [left, left + 1].reduce(0) {
      $0 + share($1, of: index) * meanValue($1, bins: bins, isKnown: isKnown)
    }
  }
}

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
    let rows = GroupedRows.random(19, features: shape.features, using: &generator)
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
    let rows = GroupedRows.random(9, features: 5, using: &generator)
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
    expectTwin(tree, rows: GroupedRows.random(21, features: shape.features, using: &generator))
  }

  /// Up to 40 different features on a path, so that the points go from 1 to 20; with 60 nodes some
  /// features are asked about again.
  @Test(arguments: [1, 2, 3, 15, 16, 17, 18, 25, 40, 60])
  func `values of a chain are those of the other method`(length: Int) {
    var generator = SeededGenerator(seed: UInt64(length))
    let features = min(length, 40)
    let tree = Tree(chain: length, features: features, using: &generator)
    expectTwin(tree, rows: GroupedRows.random(16, features: features, using: &generator))
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
    let rows = GroupedRows.random(27, features: features, using: &generator)
    for tree in trees {
      let together = values(tree, rows: rows)
      #expect(rows.map { values(tree, rows: [$0])[0] } == together)
      let prepared = ShapleyRowTree(ShapleyTree(tree, inputOf: Array(0..<features)))
      #expect((prepared == nil) == tree.isLeaf(0))
      let scratch = AlignedBuffer<Double>(count: prepared?.scratchCount ?? 0)
      for (row, expected) in zip(rows, together) {
        var found = [Double](repeating: 0, count: features)
        prepared?.add(bins: row, scratch: scratch.base, contributions: &found)
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

  /// The values of rows by the kernel, which gets them in groups.
  ///
  /// - Parameter inputOf: the input of each feature; nil for one input each.
  private func values(_ tree: Tree, rows: [[UInt8]], inputOf: [Int]? = nil) -> [[Double]] {
    let features = rows[0].count
    let prepared = ShapleyTree(tree, inputOf: inputOf ?? Array(0..<features))
    let grouped = GroupedRows(rows)
    let scratch = AlignedBuffer<Double>(count: prepared.scratchCount)
    let sums = AlignedBuffer<Double>(count: grouped.bins.count)
    prepared.add(
      bins: grouped.bins, groupBytes: grouped.groupBytes, groups: grouped.groups,
      scratch: scratch.base, contributions: sums.base, inputs: features)
    return grouped.values(sums, columns: features)
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

// Shapley values against their definition: all subsets of features, one by one.

import CKernels
import NumericCore
import Tables
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct ExplanationTests {
  let pool = WorkerPool(threads: 2)

  private func model(_ table: ToyTable, trees: Int, leaves: Int) throws -> BoostedTrees {
    var configuration = BoostingConfiguration()
    configuration.numTrees = trees
    configuration.numLeaves = leaves
    configuration.learningRate = 0.3
    configuration.minDataInLeaf = 5
    configuration.earlyStoppingRounds = 0
    return try GradientBoosting.fit(
      table.data, configuration: configuration, seed: 1, pool: pool
    ).model
  }

  /// The value of a tree for a row of which only some inputs are known.
  private func value(
    _ tree: Tree, _ index: Int, bins: [UInt8], known: Set<Int>, model: BoostedTrees
  ) -> Double {
    if tree.isLeaf(index) { return tree.values[index] }
    let node = tree.nodes[index]
    let left = Int(node.left)
    func child(_ index: Int) -> Double {
      value(tree, index, bins: bins, known: known, model: model)
    }
    let feature = Int(node.feature)
    if known.contains(feature) {
      let bin = Int(bins[feature])
      let goesLeft =
        node.set > 0
        ? tree.sets[Int(node.set) - 1].contains(bin)
        : (Int(node.low)...Int(node.low) + Int(node.width)).contains(bin)
      return child(goesLeft ? left : left + 1)
    }
    let total = Double(tree.counts[index])
    return
      (Double(tree.counts[left]) * child(left)
      + Double(tree.counts[left + 1]) * child(left + 1)) / total
  }

  @Test func `contributions are the Shapley values of the definition`() throws {
    let table = ToyTable(rows: 400, seed: 21)
    let model = try model(table, trees: 4, leaves: 12)
    let found = try model.contributions(table.columns, pool: pool)
    let count = model.features.count
    var factorial = [1.0]
    for k in 1...count { factorial.append(factorial[k - 1] * Double(k)) }
    try model.forEachBinnedBlock(table.columns, blockRows: 1_024, pool: WorkerPool(threads: 1)) {
      rows, bins, stride in
      for row in rows.prefix(25) {
        let own = (0..<count).map { bins[row * stride + $0] }
        func score(_ known: Set<Int>) -> Double {
          model.trees.reduce(0) { $0 + value($1, 0, bins: own, known: known, model: model) }
        }
        var expected = [Double](repeating: 0, count: model.inputs.count)
        for feature in 0..<count {
          let others = (0..<count).filter { $0 != feature }
          for mask in 0..<(1 << others.count) {
            let known = Set(others.indices.filter { mask >> $0 & 1 == 1 }.map { others[$0] })
            let weight =
              factorial[known.count] * factorial[count - 1 - known.count] / factorial[count]
            let gain = score(known.union([feature])) - score(known)
            expected[model.features[feature].input] += weight * gain
          }
        }
        for input in expected.indices {
          #expect(abs(found.values[row, input] - expected[input]) < 1e-9)
        }
      }
    }
  }

  @Test func `contributions and base add up to the raw score`() throws {
    let table = ToyTable(rows: 3_000, seed: 22)
    let model = try model(table, trees: 50, leaves: 31)
    let scores = try model.rawScores(table.columns, pool: pool)
    let found = try model.contributions(table.columns, pool: pool)
    for row in scores.indices {
      let sum = found.values.row(row).reduce(found.base, +)
      #expect(abs(sum - scores[row]) < 1e-9)
    }
  }
}

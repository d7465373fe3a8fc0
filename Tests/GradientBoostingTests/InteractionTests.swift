// Shapley interaction values: of one tree against their definition and against another method, and of
// a model against its Shapley values.

import CKernels
import NumericCore
import Tables
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct InteractionTests {
  private typealias Interactions = [InputPair: Double]
  private let pool = WorkerPool(threads: 2)

  @Test(arguments: [(1, 3), (2, 3), (3, 2), (4, 2), (9, 3), (24, 5), (40, 7)], UInt64(0)..<6)
  func `values are those of the definition`(shape: (leaves: Int, features: Int), seed: UInt64) {
    var generator = SeededGenerator(seed: 200 + seed)
    let tree = Tree(leaves: shape.leaves, features: shape.features, using: &generator)
    let rows = GroupedRows.random(19, features: shape.features, using: &generator)
    let inputOf = Array(0..<shape.features)
    for (row, found) in zip(rows, values(tree, rows: rows, inputOf: inputOf)) {
      expectSame(found, definition(tree, bins: row, inputOf: inputOf))
    }
  }

  @Test(arguments: UInt64(0)..<12)
  func `features of one input are known together`(seed: UInt64) {
    var generator = SeededGenerator(seed: 250 + seed)
    let tree = Tree(leaves: 20, features: 5, using: &generator)
    let inputOf = [0, 2, 1, 0, 2]
    let rows = GroupedRows.random(9, features: 5, using: &generator)
    for (row, found) in zip(rows, values(tree, rows: rows, inputOf: inputOf)) {
      expectSame(found, definition(tree, bins: row, inputOf: inputOf))
    }
  }

  @Test(arguments: [(31, 5), (31, 28), (63, 3), (255, 12), (255, 60)], UInt64(0)..<2)
  func `values of large trees are those of the other method`(
    shape: (leaves: Int, features: Int), seed: UInt64
  ) {
    var generator = SeededGenerator(seed: 300 + seed)
    let tree = Tree(leaves: shape.leaves, features: shape.features, using: &generator)
    expectTwin(tree, features: shape.features, using: &generator)
  }

  /// The points go from 1 to 20, and with 60 nodes some features are asked about again.
  @Test(arguments: [1, 2, 3, 4, 5, 15, 16, 17, 25, 40, 60])
  func `values of a chain are those of the other method`(length: Int) {
    var generator = SeededGenerator(seed: 350 + UInt64(length))
    let features = min(length, 40)
    expectTwin(
      Tree(chain: length, features: features, using: &generator), features: features,
      using: &generator)
  }

  @Test func `values and main effects of a model add up to its Shapley values`() throws {
    let (model, columns) = try toyModel()
    let explainer = InteractionExplainer(model, pool: pool)
    let found = try explainer.values(columns, pool: pool)
    let shapley = try model.contributions(columns, pool: pool).values
    #expect(found.columns == explainer.pairs.count && explainer.pairs.count > 1)
    #expect(explainer.pairs == model.joinedInputs)
    for (row, own) in try model.binnedRows(columns).prefix(10).enumerated() {
      var rest = shapley.row(row).map { $0 }
      for (pair, value) in zip(explainer.pairs, found.row(row)) {
        rest[pair.first] -= value
        rest[pair.second] -= value
      }
      for (input, value) in rest.enumerated() {
        #expect(abs(value - mainEffect(model, input: input, bins: own)) < 1e-9)
      }
    }
  }

  @Test func `values have the same bytes with any threads and row by row`() throws {
    let (model, columns) = try toyModel()
    let explainer = InteractionExplainer(model, pool: pool)
    let found = try explainer.values(columns, pool: pool).elements
    for threads in [1, 5] {
      let other = WorkerPool(threads: threads)
      let again = InteractionExplainer(model, pool: other)
      #expect(again.pairs == explainer.pairs)
      #expect(try again.values(columns, pool: other).elements == found)
    }
    let single = try (0..<Int32(300)).flatMap { row in
      try explainer.values(columns.map { $0.selecting([row]) }, pool: pool).elements
    }
    #expect(single == found)
  }

  @Test func `a model without trees and an empty table have no values`() throws {
    let (model, columns) = try toyModel()
    let none = BoostedTrees(
      inputs: model.inputs, features: model.features, objective: model.objective,
      initialScore: 0.25, trees: [])
    let explainer = InteractionExplainer(none, pool: pool)
    #expect(explainer.pairs.isEmpty)
    #expect(try explainer.values(columns, pool: pool).rows == 300)
    let empty = try InteractionExplainer(model, pool: pool)
      .values(columns.map { $0.selecting([]) }, pool: pool)
    #expect(empty.rows == 0 && empty.columns > 0)
  }

  private func toyModel() throws -> (model: BoostedTrees, columns: [Column]) {
    let table = ToyTable(rows: 300, seed: 41)
    var configuration = BoostingConfiguration()
    configuration.numTrees = 12
    configuration.numLeaves = 15
    configuration.learningRate = 0.3
    configuration.minDataInLeaf = 5
    configuration.earlyStoppingRounds = 0
    let model = try GradientBoosting.fit(
      table.data, configuration: configuration, seed: 1, pool: pool
    ).model
    return (model, table.columns)
  }

  private func expectTwin(
    _ tree: Tree, features: Int, using generator: inout SeededGenerator
  ) {
    let rows = GroupedRows.random(11, features: features, using: &generator)
    let paths = tree.leafPaths()
    let found = values(tree, rows: rows, inputOf: Array(0..<features))
    for (row, found) in zip(rows, found) { expectSame(found, leafByLeaf(paths, bins: row)) }
  }

  private func expectSame(
    _ found: Interactions, _ expected: Interactions, _ location: SourceLocation = #_sourceLocation
  ) {
    for pair in Set(found.keys).union(expected.keys) {
      let difference = abs((found[pair] ?? 0) - (expected[pair] ?? 0))
      #expect(difference < 1e-12, "\(pair)", sourceLocation: location)
    }
  }

  /// The interactions of rows by the kernel, which gets them in groups.
  private func values(_ tree: Tree, rows: [[UInt8]], inputOf: [Int]) -> [Interactions] {
    let pairs = tree.pairs(inputOf: inputOf).sorted()
    let prepared = InteractionTree(
      tree, inputOf: inputOf,
      pairNumbers: Dictionary(uniqueKeysWithValues: zip(pairs, pairs.indices)))
    let grouped = GroupedRows(rows)
    let scratch = AlignedBuffer<Double>(count: prepared.scratchCount)
    let sums = AlignedBuffer<Double>(count: grouped.groups * pairs.count * Int(MLK_GROUP_ROWS))
    prepared.add(
      bins: grouped.bins, groupBytes: grouped.groupBytes, groups: grouped.groups,
      scratch: scratch.base, values: sums.base, pairs: pairs.count)
    return grouped.values(sums, columns: pairs.count).map {
      Dictionary(uniqueKeysWithValues: zip(pairs, $0))
    }
  }

  /// The interactions by their definition, subset by subset.
  private func definition(_ tree: Tree, bins: [UInt8], inputOf: [Int]) -> Interactions {
    interactions(count: 1 + (inputOf.max() ?? 0)) { known in
      tree.meanValue(bins: bins) { known >> inputOf[$0] & 1 == 1 }
    }
  }

  /// The interactions of a game by their definition.
  private func interactions(count: Int, score: (Int) -> Double) -> Interactions {
    let scores: [Double] = (0..<1 << count).map(score)
    let factorial = factorials(count)
    var result: Interactions = [:]
    for second in 0..<count {
      for first in 0..<second {
        let (one, other) = (1 << first, 1 << second)
        var sum = 0.0
        for known in 0..<1 << count where known & (one | other) == 0 {
          let size = known.nonzeroBitCount
          let weight: Double = factorial[size] * factorial[count - 2 - size] / factorial[count - 1]
          let withOther: Double = scores[known | one | other] - scores[known | other]
          let without: Double = scores[known | one] - scores[known]
          sum += weight * (withOther - without)
        }
        result[InputPair(first, second)] = sum
      }
    }
    return result
  }

  /// The Shapley value of an input without half of its interactions, by the definition.
  private func mainEffect(_ model: BoostedTrees, input: Int, bins: [UInt8]) -> Double {
    let count = model.inputs.count
    func score(_ known: Int) -> Double {
      model.trees.reduce(0) { sum, tree in
        sum + tree.meanValue(bins: bins) { known >> model.features[$0].input & 1 == 1 }
      }
    }
    let scores = (0..<1 << count).map(score)
    let factorial = factorials(count)
    var effect = 0.0
    for known in 0..<1 << count where known >> input & 1 == 0 {
      let size = known.nonzeroBitCount
      let weight: Double = factorial[size] * factorial[count - 1 - size] / factorial[count]
      effect += weight * (scores[known | 1 << input] - scores[known])
    }
    for (pair, value) in interactions(count: count, score: { scores[$0] })
    where pair.first == input || pair.second == input {
      effect -= value / 2
    }
    return effect
  }

  /// The interactions leaf by leaf: the sum over sets of k other known features of a path's weight is
  /// the coefficient k of the product of (z + o y).
  private func leafByLeaf(_ paths: [LeafPath], bins: [UInt8]) -> Interactions {
    let factorial = factorials(40)
    var result: Interactions = [:]
    for path in paths {
      let isMet = path.conditions.map { $0.bins.contains(Int(bins[$0.feature])) }
      func change(_ place: Int) -> Double {
        (isMet[place] ? 1 : 0) - path.conditions[place].share
      }
      let count = path.conditions.count
      for second in 0..<count {
        for first in 0..<second {
          var polynomial = [path.value * change(first) * change(second)]
          for other in 0..<count where other != first && other != second {
            let share = path.conditions[other].share
            var next = polynomial.map { $0 * share } + [0]
            if isMet[other] {
              for k in polynomial.indices { next[k + 1] += polynomial[k] }
            }
            polynomial = next
          }
          var sum = 0.0
          for (size, coefficient) in polynomial.enumerated() where size <= count - 2 {
            let weight: Double =
              factorial[size] * factorial[count - 2 - size] / factorial[count - 1]
            sum += coefficient * weight
          }
          let pair = InputPair(path.conditions[first].feature, path.conditions[second].feature)
          result[pair, default: 0] += sum
        }
      }
    }
    return result
  }

  private func factorials(_ count: Int) -> [Double] {
    var factorials = [1.0]
    for k in 1...max(1, count) { factorials.append(factorials[k - 1] * Double(k)) }
    return factorials
  }
}

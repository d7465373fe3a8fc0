// Contributions of a table's rows: against the definition of Shapley values, all subsets of features
// one by one, and whatever the number of threads.

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

  @Test func `contributions are the Shapley values of the definition`() throws {
    let table = ToyTable(rows: 400, seed: 21)
    let model = try model(table, trees: 4, leaves: 12)
    let found = try model.contributions(table.columns, pool: pool)
    let count = model.inputs.count
    // A column of categories is two features, its levels and their target rates, known together.
    #expect(model.features.count > count)
    var factorial = [1.0]
    for k in 1...count { factorial.append(factorial[k - 1] * Double(k)) }
    for (row, own) in try model.binnedRows(table.columns).prefix(25).enumerated() {
      func score(_ known: Set<Int>) -> Double {
        model.trees.reduce(0) { sum, tree in
          sum + tree.meanValue(bins: own) { known.contains(model.features[$0].input) }
        }
      }
      var expected = [Double](repeating: 0, count: count)
      for input in 0..<count {
        let others = (0..<count).filter { $0 != input }
        for mask in 0..<(1 << others.count) {
          let known = Set(others.indices.filter { mask >> $0 & 1 == 1 }.map { others[$0] })
          let weight =
            factorial[known.count] * factorial[count - 1 - known.count] / factorial[count]
          expected[input] += weight * (score(known.union([input])) - score(known))
        }
      }
      for input in expected.indices {
        #expect(abs(found.values[row, input] - expected[input]) < 1e-9)
      }
      #expect(abs(found.base - model.initialScore - score([])) < 1e-9)
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

  @Test func `contributions have the same bytes with any threads, in parts and row by row`() throws
  {
    let table = ToyTable(rows: 300, seed: 23)
    let model = try model(table, trees: 20, leaves: 31)
    let found = try model.contributions(table.columns, pool: pool).values.elements
    let alone = WorkerPool(threads: 1)
    #expect(try model.contributions(table.columns, pool: alone).values.elements == found)
    #expect(
      try model.contributions(table.columns, pool: WorkerPool(threads: 5)).values.elements == found)
    let few = try model.contributions(table.columns, preparedBytes: 25_000, pool: pool)
    #expect(few.values.elements == found)
    let explainer = RowExplainer(model, pool: alone)
    let single = (0..<300).flatMap { row in
      explainer.values(table.columns.map { RowScorer.Cell($0, row: row) })
    }
    #expect(single == found)
  }

  @Test func `a model without trees contributes nothing`() throws {
    let table = ToyTable(rows: 40, seed: 24)
    let grown = try model(table, trees: 1, leaves: 4)
    let none = BoostedTrees(
      inputs: grown.inputs, features: grown.features, objective: grown.objective,
      initialScore: 0.25, trees: [])
    let found = try none.contributions(table.columns, pool: pool)
    #expect(found.base == 0.25 && found.values.rows == 40)
    #expect(found.values.elements.allSatisfy { $0 == 0 })
  }

  @Test func `an empty table has no contributions`() throws {
    let model = try model(ToyTable(rows: 200, seed: 25), trees: 2, leaves: 4)
    let found = try model.contributions(ToyTable(rows: 0, seed: 26).columns, pool: pool)
    #expect(found.values.rows == 0 && found.values.columns == model.inputs.count)
  }
}

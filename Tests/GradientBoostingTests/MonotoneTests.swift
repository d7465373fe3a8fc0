// Monotone constraints from end to end: what predictions promise, and what is refused.

import ModelFormats
import NumericCore
import Storage
import Tables
import TestSupport
import Testing
import Texts

@testable import GradientBoosting

@Suite(.onOwnThread) struct MonotoneTests {
  let pool = WorkerPool(threads: 2)

  /// A table whose label rises and falls along both numbers, so that constraints have to bend it.
  private func wavy(rows: Int, seed: UInt64) -> ToyTable {
    var table = ToyTable(rows: rows, seed: seed)
    var generator = SeededGenerator(seed: seed + 1_000)
    for row in 0..<rows where generator.uniform() < 0.7 {
      let x = value(table.columns[0], row)
      let z = value(table.columns[1], row)
      let wave = x.isNaN ? z > 0 : (abs(x) < 0.7) != (abs(z) < 2)
      table.labels[row] = wave ? 1 : 0
    }
    return table
  }

  private func value(_ column: Column, _ row: Int) -> Double {
    guard case .number(let numbers) = column.values else { return .nan }
    return numbers.doubles(rows: [Int32(row)])[0]
  }

  /// The largest step against a direction that scores take along a column, the others held fixed.
  private func worstStep(
    _ model: BoostedTrees, table: ToyTable, column: Int, direction: Int
  ) throws -> (worst: Double, isFlat: Bool) {
    let grid = (0...60).map { Double($0) / 5 - 6 }
    var worst = 0.0
    var isFlat = true
    for row in 0..<60 {
      let repeated = [Int32](repeating: Int32(row), count: grid.count)
      var columns = table.columns.map { column in
        switch column.values {
        case .number(let numbers):
          Column(name: column.name, values: .number(NumberColumn(numbers.doubles(rows: repeated))))
        case .category(let categories):
          Column(
            name: column.name,
            values: .category(
              CategoryColumn(
                codes: repeated.map { categories.codes[Int($0)] }, levels: categories.levels)))
        default: column
        }
      }
      columns[column] = Column(
        name: columns[column].name, values: .number(NumberColumn(grid)))
      let scores = try model.rawScores(columns, pool: pool)
      for (before, after) in zip(scores, scores.dropFirst()) {
        worst = max(worst, Double(direction) * (before - after))
        if before != after { isFlat = false }
      }
    }
    return (worst, isFlat)
  }

  private func train(
    _ table: ToyTable, constraints: [ByteText: Int], seed: UInt64, weighted: Bool = false,
    _ change: (inout BoostingConfiguration) -> Void = { _ in }
  ) throws -> BoostedTrees {
    let weights = table.labels.indices.map { Double($0 % 5) + ($0 % 97 == 0 ? 300 : 0.5) }
    return try GradientBoosting.fit(
      TrainingData(
        features: table.columns, labels: table.labels, weights: weighted ? weights : nil),
      configuration: configuration {
        $0.minDataInLeaf = 3
        $0.lambdaL2 = 0.1
        $0.earlyStoppingRounds = 0
        $0.monotoneConstraints = constraints
        change(&$0)
      }, seed: seed, pool: pool
    ).model
  }

  @Test(arguments: 0..<8)
  func `scores never go against the direction`(seed: UInt64) throws {
    let table = wavy(rows: 1_500, seed: seed)
    let directions = seed % 2 == 0 ? (1, -1) : (-1, 1)
    let model = try train(
      table, constraints: ["x": directions.0, "z": directions.1], seed: seed,
      weighted: seed % 4 < 2
    ) {
      $0.baggingFraction = seed % 3 == 0 ? 0.6 : 1
      $0.featureFraction = seed % 3 == 1 ? 0.6 : 1
      $0.lambdaL1 = seed == 5 ? 0.5 : 0
    }
    let x = try worstStep(model, table: table, column: 0, direction: directions.0)
    let z = try worstStep(model, table: table, column: 1, direction: directions.1)
    #expect(x.worst == 0 && z.worst == 0)
    #expect(!x.isFlat || !z.isFlat)
    // The table would have it otherwise.
    let free = try train(table, constraints: [:], seed: seed, weighted: seed % 4 < 2)
    #expect(
      try worstStep(free, table: table, column: 0, direction: directions.0).worst > 0.1)
  }

  @Test func `no constraints and constraints of 0 give the same bytes`() throws {
    let table = wavy(rows: 800, seed: 3)
    let files = try [[:], ["x": 0, "z": 0], ["x": 1]].map {
      try train(table, constraints: $0, seed: 1).safetensors().encoded()
    }
    #expect(files[0] == files[1])
    #expect(files[0] != files[2])
  }

  @Test(arguments: [500, 70_000])
  func `a constrained model does not depend on the number of threads`(rows: Int) throws {
    let table = wavy(rows: rows, seed: 4)
    let files = try [1, 2, 4].map { threads in
      try GradientBoosting.fit(
        table.data,
        configuration: configuration {
          $0.numTrees = 6
          $0.monotoneConstraints = ["x": 1, "z": -1]
        }, seed: 2, pool: WorkerPool(threads: threads)
      ).model.safetensors().encoded()
    }
    #expect(files[0] == files[1])
    #expect(files[0] == files[2])
  }

  @Test func `constraints that make no sense are refused`() throws {
    let table = ToyTable(rows: 100, seed: 5)
    #expect(throws: GradientBoostingError.unusableDirection(column: "x", found: 2)) {
      try train(table, constraints: ["x": 2], seed: 1)
    }
    #expect(
      throws: GradientBoostingError.constrainedColumnMissing(
        name: "zz", known: ["x", "z", "category", "city"])
    ) { try train(table, constraints: ["x": 1, "zz": 1], seed: 1) }
    for name in ["category", "city"] {
      #expect(
        throws: GradientBoostingError.constrainedColumnUnordered(name: name, kind: "category")
      ) { try train(table, constraints: [ByteText(name): -1], seed: 1) }
    }
  }

  @Test func `a constraint on a constant column holds by itself`() throws {
    var table = wavy(rows: 300, seed: 6)
    table.columns.append(
      Column(
        name: "constant", values: .number(NumberColumn([Double](repeating: 7, count: 300)))))
    let model = try train(table, constraints: ["constant": 1], seed: 1)
    #expect(!model.inputs.map(\.name).contains("constant"))
  }
}

// Training that goes on from a model: the scores start where it ends, and its trees stay.

import ModelFormats
import NumericCore
import Tables
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct ContinuationTests {
  let pool = WorkerPool(threads: 2)

  /// A configuration without early stopping, so that the number of trees is as asked for.
  private func settings(
    trees: Int, _ change: (inout BoostingConfiguration) -> Void = { _ in }
  ) -> BoostingConfiguration {
    configuration {
      $0.numTrees = trees
      $0.earlyStoppingRounds = 0
      $0.minDataPerGroup = 5
      change(&$0)
    }
  }

  private func fit(
    _ table: ToyTable, trees: Int, from old: BoostedTrees? = nil, threads: Int = 2
  ) throws -> BoostedTrees {
    try GradientBoosting.fit(
      table.data, configuration: settings(trees: trees), continuingFrom: old, seed: 3,
      pool: WorkerPool(threads: threads)
    ).model
  }

  /// A model of two tables, whose inputs have bins of both.
  private func continued(threads: Int = 2) throws -> (old: BoostedTrees, new: BoostedTrees) {
    let old = try fit(ToyTable(rows: 900, seed: 1, levels: 6), trees: 12, threads: threads)
    let new = try fit(
      ToyTable(rows: 1_300, seed: 2, levels: 9), trees: 15, from: old, threads: threads)
    return (old, new)
  }

  /// Without the column of many categories: its ordered statistics give training rows other values
  /// than prediction does, so that scores of a model do not repeat those of its training.
  private func plainTable() -> ToyTable {
    var table = ToyTable(rows: 2_000, seed: 5)
    table.columns.removeLast()
    return table
  }

  @Test(arguments: [1.0, 0.7])
  func `some trees and then more are as good as all at once`(fraction: Double) throws {
    let table = plainTable()
    func fit(_ trees: Int, from old: BoostedTrees? = nil) throws -> BoostedTrees {
      try GradientBoosting.fit(
        table.data,
        configuration: settings(trees: trees) {
          $0.baggingFraction = fraction
          $0.featureFraction = fraction
        }, continuingFrom: old, seed: 3, pool: pool
      ).model
    }
    let atOnce = try fit(40)
    let first = try fit(25)
    let both = try fit(15, from: first)
    #expect(both.treeCount == 40)
    // The same rows have the same bins, which are not kept twice.
    #expect(both.features == atOnce.features && both.inputs == atOnce.inputs)
    // The draws are those of the later rounds. Scores are added up in single precision by the one
    // and start as rounded doubles in the other, which is 1e-7 or so, unless a gradient rounds the
    // other way, by 2^-15 of its bound, and moves the leaves of later trees.
    let differences = zip(
      try atOnce.rawScores(table.columns, pool: pool), try both.rawScores(table.columns, pool: pool)
    ).map { abs($0 - $1) }
    let moved = zip(
      try atOnce.rawScores(table.columns, pool: pool),
      try first.rawScores(table.columns, pool: pool)
    ).map { abs($0 - $1) }
    let count = Double(differences.count)
    #expect(differences.reduce(0, +) / count < 1e-4)
    #expect(moved.reduce(0, +) / count > 0.1)
  }

  @Test func `no thread changes a byte`() throws {
    let bytes = try [1, 2, 4].map {
      try continued(threads: $0).new.safetensors().encoded()
    }
    #expect(bytes[0] == bytes[1] && bytes[0] == bytes[2])
  }

  @Test func `old trees stay as they are, and new ones learn`() throws {
    let (old, new) = try continued()
    #expect(old.treeCount == 12 && new.treeCount == 27)
    #expect(new.initialScore == old.initialScore)
    #expect(Array(new.features.prefix(old.features.count)) == old.features)
    #expect(new.features.count > old.features.count && new.inputs == old.inputs)
    let table = ToyTable(rows: 2_000, seed: 2, levels: 9)
    func loss(_ model: BoostedTrees) throws -> Double {
      zip(try model.rawScores(table.columns, pool: pool), table.labels)
        .reduce(0) { $0 + BinaryLogLoss().loss(score: $1.0, label: $1.1) }
    }
    #expect(try loss(new) < loss(old))
    var prefix = new
    prefix = BoostedTrees(
      inputs: prefix.inputs, features: prefix.features, objective: prefix.objective,
      initialScore: prefix.initialScore, trees: Array(prefix.trees.prefix(12)))
    #expect(
      try prefix.rawScores(table.columns, pool: pool) == old.rawScores(table.columns, pool: pool))
  }

  @Test func `a continued model is stored, and scores a row as a table`() throws {
    let new = try continued().new
    let bytes = try new.safetensors().encoded()
    let read = try BoostedTrees(SafetensorsFile(decoding: bytes))
    #expect(try read.safetensors().encoded() == bytes)
    // Levels of either table, and some of none.
    let table = ToyTable(rows: 500, seed: 7, levels: 12)
    let scores = try new.rawScores(table.columns, pool: pool)
    #expect(try read.rawScores(table.columns, pool: pool) == scores)
    let scorer = RowScorer(read)
    for row in scores.indices {
      let cells = scorer.inputs.map { input in
        RowScorer.Cell(table.columns.first { $0.name == input.name }, row: row)
      }
      #expect(scorer.rawScore(cells) == scores[row])
    }
  }

  @Test func `contributions of both parts add up`() throws {
    let (old, new) = try continued()
    let table = ToyTable(rows: 200, seed: 8, levels: 10)
    let scores = try new.rawScores(table.columns, pool: pool)
    let found = try new.contributions(table.columns, pool: pool)
    let before = try old.contributions(table.columns, pool: pool)
    #expect(found.values.columns == 4)
    var isNew = false
    for row in scores.indices {
      #expect(abs(found.base + found.values.row(row).reduce(0, +) - scores[row]) < 1e-9)
      isNew = isNew || zip(found.values.row(row), before.values.row(row)).contains { $0 != $1 }
    }
    #expect(isNew)
  }

  @Test func `importances add up the splits of both parts`() throws {
    let (old, new) = try continued()
    let inner = new.trees.reduce(0) { $0 + $1.leafCount - 1 }
    #expect(new.importances().reduce(0) { $0 + $1.splits } == inner)
    for feature in old.importances() {
      let now = try #require(new.importances().first { $0.feature == feature.feature })
      #expect(now.splits >= feature.splits && now.gain >= feature.gain)
    }
  }

  @Test func `exports agree at the borders of both parts' bins`() throws {
    let new = try continued().new
    let rows = new.borderRows(count: 8_000, seed: 7)
    let lightGBM = try LightGBMModel(new)
    #expect(try lightGBM.largestDifference(from: new, on: rows, pool: pool) == 0)
    let onnx = try ONNXModel(
      new, classes: .init(negative: "no", positive: "yes", threshold: 0.5))
    #expect(try onnx.largestDifference(from: new, on: rows, pool: pool) < 2e-7)
  }

  @Test(arguments: [true, false])
  func `early stopping counts new trees and starts from the old model's loss`(refit: Bool) throws {
    let table = ToyTable(rows: 1_500, seed: 11)
    let stopping = configuration {
      $0.numTrees = 300
      $0.earlyStoppingRounds = 10
      $0.refit = refit
    }
    let old = try fit(table, trees: 25)
    let fitted = try GradientBoosting.fit(
      table.data, configuration: stopping, continuingFrom: old, seed: 4, pool: pool)
    let fresh = try GradientBoosting.fit(
      table.data, configuration: stopping, seed: 4, pool: pool)
    #expect(fitted.validationLosses.count == fitted.bestIteration + 10)
    #expect(fitted.model.treeCount == 25 + fitted.bestIteration)
    #expect(fitted.bestIteration < fresh.bestIteration)
    #expect(fitted.validationLosses[0] < fresh.validationLosses[0])
    // The first loss is that of the old model and one tree, on the rows held back.
    let parts = ValidationSplit.divide(
      rows: Array(0..<1_500), labels: table.labels,
      fraction: try stopping.resolved(rows: 1_500).validationFraction, isStratified: true,
      random: CounterRandom(seed: 4).split(10))
    if !refit {
      let one = BoostedTrees(
        inputs: fitted.model.inputs, features: fitted.model.features, objective: BinaryLogLoss(),
        initialScore: fitted.model.initialScore, trees: Array(fitted.model.trees.prefix(26)))
      let held = table.columns.map { $0.selecting(parts.validation) }
      let losses = zip(try one.rawScores(held, pool: pool), parts.validation).map {
        BinaryLogLoss().loss(score: $0, label: table.labels[Int($1)])
      }
      let mean = losses.reduce(0, +) / Double(losses.count)
      #expect(abs(mean - fitted.validationLosses[0]) < 1e-12)
    }
  }

  @Test func `new columns may come, and old ones may be constant but not missing`() throws {
    let first = ToyTable(rows: 800, seed: 12)
    var narrow = first
    narrow.columns.removeFirst()
    let old = try fit(narrow, trees: 10)
    let wider = try fit(first, trees: 10, from: old)
    #expect(wider.inputs.map(\.name) == ["z", "category", "city", "x"])
    #expect(wider.importances().first?.feature == "x")

    var constant = first
    constant.columns[1] = Column(
      name: "z", values: .number(NumberColumn([Double](repeating: 2, count: 800))))
    let steady = try fit(constant, trees: 5, from: wider)
    #expect(steady.inputs == wider.inputs && steady.treeCount == 25)
    #expect(steady.features.count { $0.name == "z" } == wider.features.count { $0.name == "z" })

    #expect(throws: GradientBoostingError.missingFeature(name: "x", kind: "number")) {
      try fit(narrow, trees: 5, from: wider)
    }
    var other = first
    other.columns[1] = Column(
      name: "z", values: .category(CategoryColumn((0..<800).map { "\($0 % 5)" })))
    #expect(throws: GradientBoostingError.missingFeature(name: "z", kind: "number")) {
      try fit(other, trees: 5, from: wider)
    }
  }

  @Test func `the features of both parts together are numbered in 16 bits`() throws {
    func table(_ value: Double) -> TrainingData {
      let columns = (0..<33_000).map { index in
        Column(
          name: "\(index)",
          values: .number(NumberColumn((0..<20).map { $0 % 2 == index % 2 ? value : 0 })))
      }
      return TrainingData(features: columns, labels: (0..<20).map { Double($0 % 2) })
    }
    let small = settings(trees: 1) { $0.minDataInLeaf = 1 }
    let old = try GradientBoosting.fit(table(1), configuration: small, seed: 1, pool: pool).model
    #expect(old.features.count == 33_000)
    #expect(throws: GradientBoostingError.tooManyFeatures(found: 66_000, most: 65_536)) {
      try GradientBoosting.fit(
        table(3), configuration: small, continuingFrom: old, seed: 1, pool: pool)
    }
    // With the same bins there are no more features than before.
    let both = try GradientBoosting.fit(
      table(1), configuration: small, continuingFrom: old, seed: 1, pool: pool
    ).model
    #expect(both.features == old.features)
  }

  @Test func `a model of another objective is refused`() throws {
    let table = ToyTable(rows: 300, seed: 13)
    let regression = try GradientBoosting.fit(
      table.data, objective: SquaredError(), configuration: settings(trees: 3), seed: 1, pool: pool
    ).model
    #expect(
      throws: GradientBoostingError.otherObjective(found: "regression", expected: "binary")
    ) { try fit(table, trees: 3, from: regression) }
  }

  @Test func `weighted rows and regression continue too`() throws {
    var data = plainTable().data
    data.weights = data.labels.indices.map { Double($0 % 3) }
    for trees in [1, 8] {
      let first = try GradientBoosting.fit(
        data, objective: SquaredError(), configuration: settings(trees: 20 - trees), seed: 1,
        pool: pool
      ).model
      let both = try GradientBoosting.fit(
        data, objective: SquaredError(), configuration: settings(trees: trees),
        continuingFrom: first, seed: 1, pool: pool
      ).model
      let atOnce = try GradientBoosting.fit(
        data, objective: SquaredError(), configuration: settings(trees: 20), seed: 1, pool: pool
      ).model
      let differences = zip(
        try both.rawScores(data.features, pool: pool),
        try atOnce.rawScores(data.features, pool: pool)
      ).map { abs($0 - $1) }
      #expect(differences.reduce(0, +) / Double(differences.count) < 1e-5)
    }
  }
}

// Training from end to end: what is learnt, what does not depend on threads, what is refused.

import ModelFormats
import NumericCore
import Storage
import Tables
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct TrainingTests {
  let pool = WorkerPool(threads: 2)

  private func meanLoss(_ predictions: [Double], _ labels: [Double]) -> Double {
    let loss = BinaryLogLoss()
    return zip(predictions, labels).reduce(0) { sum, pair in
      sum + loss.loss(score: logOdds(pair.0), label: pair.1)
    } / Double(labels.count)
  }

  private func logOdds(_ p: Double) -> Double {
    BinaryLogLoss().initialScore(labels: [Float(p)], weights: nil)
  }

  @Test func `a model beats the base rate on new rows by far`() throws {
    let train = ToyTable(rows: 4_000, seed: 1)
    let test = ToyTable(rows: 2_000, seed: 2)
    let fitted = try GradientBoosting.fit(
      train.data, configuration: configuration(), seed: 1, pool: pool)
    let predictions = try fitted.model.predict(test.columns, pool: pool)
    let rate = train.labels.reduce(0, +) / 4_000
    let baseline = meanLoss(test.labels.map { _ in rate }, test.labels)
    #expect(meanLoss(predictions, test.labels) < baseline - 0.1)
  }

  @Test(arguments: [300, 100_000])
  func `the model does not depend on the number of threads`(rows: Int) throws {
    let table = ToyTable(rows: rows, seed: 3)
    let files = try [1, 2, 4].map { threads in
      let fitted = try GradientBoosting.fit(
        table.data,
        configuration: configuration {
          $0.numTrees = 8
          $0.baggingFraction = 0.7
          $0.featureFraction = 0.6
        }, seed: 9, pool: WorkerPool(threads: threads))
      return try fitted.model.safetensors().encoded()
    }
    #expect(files[0] == files[1])
    #expect(files[0] == files[2])
  }

  @Test func `another seed gives another model`() throws {
    let table = ToyTable(rows: 500, seed: 3)
    let files = try [1, 2].map { seed in
      try GradientBoosting.fit(
        table.data, configuration: configuration(), seed: seed, pool: pool
      ).model.safetensors().encoded()
    }
    #expect(files[0] != files[1])
  }

  @Test func `integer weights are the same as repeated rows, up to quantisation`() throws {
    let table = ToyTable(rows: 2_000, seed: 5)
    let numbers = Array(table.columns[0...1])
    let repeats = table.labels.indices.map { $0 % 3 }
    let repeated = table.labels.indices.flatMap {
      [Int32](repeating: Int32($0), count: repeats[$0])
    }
    func columns(_ rows: [Int32]) -> [Column] {
      numbers.map { column in
        guard case .number(let values) = column.values else { return column }
        return Column(name: column.name, values: .number(NumberColumn(values.doubles(rows: rows))))
      }
    }
    let plain = configuration {
      $0.earlyStoppingRounds = 0
      $0.featureFraction = 1
      $0.minDataInLeaf = 1
      $0.minSumHessianInLeaf = 5
    }
    let weighted = try GradientBoosting.fit(
      TrainingData(features: numbers, labels: table.labels, weights: repeats.map(Double.init)),
      configuration: plain, seed: 1, pool: pool)
    let expanded = try GradientBoosting.fit(
      TrainingData(
        features: columns(repeated), labels: repeated.map { table.labels[Int($0)] }),
      configuration: plain, seed: 1, pool: pool)
    let a = try weighted.model.predict(numbers, pool: pool)
    let b = try expanded.model.predict(numbers, pool: pool)
    let difference = zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(a.count)
    #expect(difference < 0.03)
  }

  @Test func `squared error learns a smooth function`() throws {
    var generator = SeededGenerator(seed: 6)
    let x = (0..<3_000).map { _ in 4 * generator.uniform() - 2 }
    let y = x.map { 100 * $0 * $0 + generator.normal() }
    let columns = [Column(name: "x", values: .number(NumberColumn(x)))]
    let fitted = try GradientBoosting.fit(
      TrainingData(features: columns, labels: y), objective: SquaredError(),
      configuration: configuration { $0.numTrees = 200 }, seed: 1, pool: pool)
    let predictions = try fitted.model.predict(columns, pool: pool)
    let error = zip(predictions, x).reduce(0) {
      $0 + ($1.0 - 100 * $1.1 * $1.1) * ($1.0 - 100 * $1.1 * $1.1)
    }
    #expect((error / 3_000).squareRoot() < 5)
  }

  @Test func `early stopping finds a round and the refit has as many trees`() throws {
    let table = ToyTable(rows: 2_000, seed: 7)
    let fitted = try GradientBoosting.fit(
      table.data,
      configuration: configuration {
        $0.numTrees = 500
        $0.learningRate = 0.3
        $0.earlyStoppingRounds = 10
      }, seed: 1, pool: pool)
    let losses = fitted.validationLosses
    #expect(losses.count < 500)
    #expect(fitted.bestIteration == (losses.firstIndex(of: losses.min() ?? 0) ?? -2) + 1)
    #expect(losses.count == fitted.bestIteration + 10)
    #expect(fitted.model.treeCount == fitted.bestIteration)
  }

  @Test func `unseen categories and missing values get a finite prediction`() throws {
    let table = ToyTable(rows: 1_000, seed: 8)
    let model = try GradientBoosting.fit(
      table.data, configuration: configuration(), seed: 1, pool: pool
    ).model
    let strange = [
      Column(name: "city", values: .category(CategoryColumn(["nowhere", nil]))),
      Column(name: "category", values: .category(CategoryColumn([nil, "level 77"]))),
      Column(name: "z", values: .number(NumberColumn([.nan, .infinity]))),
      Column(name: "x", values: .number(NumberColumn([-.infinity, .nan]))),
    ]
    let predictions = try model.predict(strange, pool: pool)
    #expect(predictions.allSatisfy { $0 > 0 && $0 < 1 })
  }

  @Test func `categories that differ in the composition of a character are two`() throws {
    let codes = (0..<400).map { Int32($0 % 4) }
    let levels = ["caf\u{E9}", "cafe\u{301}", "tea", "milk"]
    let columns = [
      Column(name: "c", values: .category(CategoryColumn(codes: codes, levels: levels)))
    ]
    let labels = codes.map { $0 == 0 ? 1.0 : 0 }
    let model = try GradientBoosting.fit(
      TrainingData(features: columns, labels: labels), configuration: configuration(), seed: 1,
      pool: pool
    ).model
    let read = try BoostedTrees(model.safetensors())
    let predictions = try read.predict(columns, pool: pool)
    #expect(predictions[0] > 0.5 && predictions[1] < 0.5)
  }

  @Test func `a missing column is named`() throws {
    let table = ToyTable(rows: 200, seed: 8)
    let model = try GradientBoosting.fit(
      table.data, configuration: configuration(), seed: 1, pool: pool
    ).model
    #expect(throws: GradientBoostingError.missingFeature(name: "z", kind: "number")) {
      try model.predict(table.columns.filter { $0.name != "z" }, pool: pool)
    }
  }

  @Test func `bad data and parameters are refused`() throws {
    let table = ToyTable(rows: 50, seed: 8)
    func fit(_ data: TrainingData, _ configuration: BoostingConfiguration) throws {
      _ = try GradientBoosting.fit(data, configuration: configuration, seed: 1, pool: pool)
    }
    var data = table.data
    data.labels[3] = 2
    #expect(throws: GradientBoostingError.unusableLabel(row: 3, found: 2)) {
      try fit(data, configuration())
    }
    data = table.data
    data.weights = [Double](repeating: 1, count: 50)
    data.weights?[4] = -1
    #expect(throws: GradientBoostingError.unusableWeight(row: 4, found: -1)) {
      try fit(data, configuration())
    }
    #expect(
      throws: GradientBoostingError.parameterOutOfRange(
        name: "learning_rate", found: "-0.1", expected: "a number from 1e-05 to 1")
    ) { try fit(table.data, configuration { $0.learningRate = -0.1 }) }
    let constant = [
      Column(name: "c", values: .number(NumberColumn([Double](repeating: 1, count: 50))))
    ]
    #expect(throws: GradientBoostingError.noUsableFeature) {
      try fit(TrainingData(features: constant, labels: table.labels), configuration())
    }
    #expect(throws: GradientBoostingError.noRows) {
      try fit(TrainingData(features: [], labels: []), configuration())
    }
  }

  @Test func `weights that do not add up to anything are refused`() throws {
    let table = ToyTable(rows: 60, seed: 8)
    func fit(_ weights: [Double]) throws {
      var data = table.data
      data.weights = weights
      _ = try GradientBoosting.fit(data, configuration: configuration(), seed: 1, pool: pool)
    }
    #expect(throws: GradientBoostingError.noWeight(part: "training")) {
      try fit([Double](repeating: 0, count: 60))
    }
    #expect(throws: GradientBoostingError.noWeight(part: "validation")) {
      // Whichever rows validate, all but one weigh nothing.
      for heavy in 0..<60 { try fit((0..<60).map { $0 == heavy ? 1 : 0 }) }
    }
  }

  // Powers of two, by which numbers are scaled without rounding.
  @Test(arguments: [0x1p-1000, 0x1p-100, 1, 0x1p100, 0x1p1000])
  func `only the proportions of weights count`(unit: Double) throws {
    let table = ToyTable(rows: 500, seed: 8)
    var data = table.data
    data.weights = (0..<500).map { $0 % 3 == 0 ? 2 : 1 }
    let expected = try GradientBoosting.fit(
      data, configuration: configuration(), seed: 1, pool: pool)
    data.weights = (0..<500).map { ($0 % 3 == 0 ? 2 : 1) * unit }
    let found = try GradientBoosting.fit(data, configuration: configuration(), seed: 1, pool: pool)
    #expect(
      try expected.model.safetensors().encoded() == found.model.safetensors().encoded())
  }

  @Test func `one row of enormous weight does not drown the others`() throws {
    let table = ToyTable(rows: 2_000, seed: 8)
    func order(_ weights: [Double]?) throws -> Double {
      let data = TrainingData(features: table.columns, labels: table.labels, weights: weights)
      let model = try GradientBoosting.fit(
        data, configuration: configuration { $0.earlyStoppingRounds = 0 }, seed: 1, pool: pool
      ).model
      let scores = try model.rawScores(table.columns, pool: pool)
      let positive = zip(scores, table.labels).filter { $1 == 1 }.map(\.0)
      let negative = zip(scores, table.labels).filter { $1 == 0 }.map(\.0)
      // The mean distance in units of spread: what ranks positives above negatives.
      let distance =
        positive.reduce(0, +) / Double(positive.count) - negative.reduce(0, +)
        / Double(negative.count)
      return distance / (scores.map { $0 * $0 }.reduce(0, +) / 2_000).squareRoot()
    }
    var weights = [Double](repeating: 1, count: 2_000)
    let plain = try order(weights)
    weights[17] = 1e4
    #expect(try order(weights) > 0.2 * plain)
  }

  @Test func `one enormous label does not drown the others`() throws {
    var labels = (0..<500).map { $0 < 250 ? -1.0 : 1.0 }
    let columns = [
      Column(name: "x", values: .number(NumberColumn((0..<501).map { Double($0) })))
    ]
    labels.append(1e6)
    let model = try GradientBoosting.fit(
      TrainingData(features: columns, labels: labels), objective: SquaredError(),
      configuration: configuration {
        $0.numTrees = 300
        $0.earlyStoppingRounds = 0
        $0.lambdaL2 = 0
        $0.minDataInLeaf = 1
      }, seed: 1, pool: pool
    ).model
    let predictions = try model.predict(columns, pool: pool)
    #expect(predictions[..<200].allSatisfy { abs($0 + 1) < 0.5 })
  }

  @Test func `a tree whose sampled features cannot be split does not end training`() throws {
    var generator = SeededGenerator(seed: 5)
    let x = (0..<2_000).map { _ in generator.normal() }
    let labels = x.map { generator.uniform() < ($0 > 0 ? 0.9 : 0.1) ? 1.0 : 0 }
    let rare = (0..<2_000).map { $0 < 5 ? 1.0 : 0 }
    let columns = [
      Column(name: "x", values: .number(NumberColumn(x))),
      Column(name: "rare", values: .number(NumberColumn(rare))),
    ]
    for seed: UInt64 in 0..<8 {
      let fitted = try GradientBoosting.fit(
        TrainingData(features: columns, labels: labels),
        configuration: configuration {
          $0.featureFraction = 0.5
          $0.earlyStoppingRounds = 0
        }, seed: seed, pool: pool)
      #expect(fitted.model.treeCount == 40)
    }
  }

  @Test func `a model reads only columns that could teach it something`() throws {
    let table = ToyTable(rows: 300, seed: 8)
    let constant = Column(
      name: "constant", values: .number(NumberColumn([Double](repeating: 7, count: 300))))
    let model = try GradientBoosting.fit(
      TrainingData(features: [constant] + table.columns, labels: table.labels),
      configuration: configuration(), seed: 1, pool: pool
    ).model
    #expect(model.inputs.map(\.name) == ["x", "z", "category", "city"])
    #expect(try model.predict(table.columns, pool: pool).count == 300)
  }

  @Test func `training stops when the caller says so`() throws {
    let table = ToyTable(rows: 200, seed: 8)
    var rounds = 0
    #expect(throws: GradientBoostingError.cancelled) {
      try GradientBoosting.fit(
        table.data, configuration: configuration(), seed: 1, pool: pool,
        onRound: {
          rounds = $0.round
          return rounds < 5
        })
    }
    #expect(rounds == 5)
  }
}

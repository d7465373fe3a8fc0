// The gate of a loop over regression models, each rule by itself.
import Evaluation
import Foundation
import LoopContract
import NumericCore
import Storage
import Tables
import TestSupport
import Testing
import Texts

@testable import LearningTasks
@testable import Regression
@testable import Tabular

@Suite(.onOwnThread) struct RegressionGateTests {
  let shop: ValueShop

  init() throws { shop = try ValueShop() }

  /// A champion, and what it predicts for the rows that it was judged on.
  private struct Known {
    var model: RegressionModel
    var reached: RegressionLoop.Reached
    var results: RunResults<RegressionTask>
    var table: Table
    var rows: PredictedNumbers
    var mean: Double

    /// The predictions nearer to their mean.
    var timid: [Double] { rows.predictions.map { mean + 0.7 * ($0 - mean) } }
  }

  private func known() throws -> Known {
    let loop = shop.loop()
    _ = try shop.train(loop, [shop.file("k.csv", shop.rows(0..<2_000))], as: "known")
    let model = try RegressionModel(folder: shop.path("known/run"))
    let (rows, table) = try loop.scored(shop.path("known-work/holdout.parquet"), by: model)
    return Known(
      model: model,
      reached: try RegressionLoop.Reference(folder: shop.path("known")).reached,
      results: try RunResults(folder: shop.path("known/run")), table: table, rows: rows,
      mean: rows.predictions.reduce(0, +) / Double(rows.count))
  }

  /// What comes of two models whose predictions are made of one's.
  private func compared(
    _ known: Known, champion: [Double], challenger: [Double], targets: [Double]? = nil,
    newRows: Range<Int>? = nil,
    _ change: (inout RegressionTask.LoopConfiguration) -> Void = { _ in }
  ) throws -> RegressionLoop.Document {
    let loop = shop.loop(change)
    func sided(_ predictions: [Double]) throws -> PredictedNumbers {
      try PredictedNumbers(
        targets: targets ?? known.rows.targets, predictions: predictions, groups: nil)
    }
    let challenger = try sided(challenger)
    var document = RegressionLoop.Document(
      challenger: "b", champion: "a", rows: challenger.count, comparisons: 0,
      metrics: try loop.metrics(of: challenger))
    try loop.compare(
      GateSides(
        champion: try sided(champion), challenger: challenger, table: known.table,
        newRows: newRows ?? 0..<challenger.count, earlier: known.reached),
      layout: known.model.layout, known.results, &document)
    return document
  }

  private func objections(_ document: RegressionLoop.Document) -> [String] {
    document.checks.filter(\.objects).map(\.id)
  }

  @Test func `equal predictions are as good`() throws {
    let known = try known()
    let p = known.rows.predictions
    let document = try compared(known, champion: p, challenger: p)
    #expect(objections(document) == [], "\(document.checks)")
    #expect(document.isBetter == false && document.championHasFallen == false)
  }

  @Test func `a surely larger loss is rejected`() throws {
    let known = try known()
    let document = try compared(
      known, champion: known.rows.predictions, challenger: known.timid)
    #expect(objections(document).contains("loss_difference_upper"), "\(document.checks)")
    let check = try #require(document.checks.first { $0.id == "loss_difference_upper" })
    #expect(check.name == "upper end of the relative RMSE difference" && check.bound == 0.02)
    // The bound is a share of the champion's loss: the difference is above 1, its share below.
    let shift = known.reached.loss
    #expect(shift > 5)
    func isRejected(margin: Double) throws -> Bool {
      let p = known.rows.predictions
      return objections(
        try compared(known, champion: p, challenger: p.map { $0 + shift }) {
          $0.gate.margin = margin
        }
      ).contains("loss_difference_upper")
    }
    #expect(try !isRejected(margin: 1))
    #expect(try isRejected(margin: 0.2))
  }

  @Test func `targets that do not vary let nothing pass, and are named`() throws {
    let known = try known()
    for (loss, target) in [(RegressionLoss.squared, 7.1), (.absolute, 7.1), (.poisson, 0)] {
      let loop = shop.loop { $0.training.loss = loss }
      for distance in [0, 0.5] {
        let rows = try PredictedNumbers(
          targets: [Double](repeating: target, count: 99),
          predictions: [Double](repeating: target + distance, count: 99), groups: nil)
        let verdict = Verdict(
          try loop.ownChecks(rows, RegressionScores(), known.results), metrics: [:])
        #expect(verdict.objections == ["the targets of the judged rows do not vary"])
      }
    }
  }

  @Test func `a champion without any loss is named, and no share of its loss`() throws {
    let targets = (0..<99).map(Double.init)
    func predicted(_ distance: Double) throws -> PredictedNumbers {
      try PredictedNumbers(
        targets: targets, predictions: targets.map { $0 + distance }, groups: nil)
    }
    let checks = try shop.loop().compare(predicted(0), predicted(1)).checks(margin: 0.02)
    #expect(
      Verdict(checks, metrics: [:]).objections
        == ["RMSE is 1.0, expected 0, as the champion has it"])
    let text = try JSONDocument.text(of: checks[0])
    #expect(!text.contains("objection"), "\(text)")
  }

  @Test func `the intervals of evaluate and of the gate are drawn as before`() throws {
    let known = try known()
    let pool = WorkerPool(threads: 2)
    func scores(seed: UInt64) throws -> RegressionScores {
      RegressionScores(
        try RegressionMetrics(
          targets: known.rows.targets, predictions: known.rows.predictions,
          groups: known.rows.groups, seed: seed, pool: pool))
    }
    let measures = try RegressionTask.measure(
      known.model, on: TableSource(location: shop.path("known-work/holdout.parquet"), header: true),
      configuration: RegressionConfiguration(), terms: nil, context: RunContext(pool: pool))
    let expected = try scores(seed: 0)
    #expect(measures.metrics == expected)
    #expect(try shop.loop().metrics(of: known.rows) == expected)
    #expect(try scores(seed: 42) != expected)
  }

  @Test func `a surely smaller loss is better, however far the predictions have moved`() throws {
    let known = try known()
    let document = try compared(
      known, champion: known.timid, challenger: known.rows.predictions)
    #expect(document.isBetter == true && document.championHasFallen == false)
    let stability = try #require(document.checks.first { $0.id == "score_stability" })
    #expect(!stability.counts)
    #expect(objections(document) == [], "\(document.checks)")
  }

  @Test func `a champion that knows nothing of the new rows is replaced`() throws {
    let known = try known()
    let p = known.rows.predictions
    var random = SeededGenerator(seed: 3)
    let lost = p.shuffled(using: &random)
    let document = try compared(known, champion: lost, challenger: p)
    #expect(document.championHasFallen == true)
    #expect(objections(document) == [], "\(document.checks)")
    // What is as bad does not take its place.
    let other = try compared(known, champion: lost, challenger: p.shuffled(using: &random))
    #expect(objections(other).contains("new_constant_difference_upper"), "\(other.checks)")
  }

  @Test func `a challenger that has learnt how the world has changed takes the place`() throws {
    let known = try known()
    let p = known.rows.predictions
    let document = try compared(
      known, champion: p, challenger: p.map { 2 * known.mean - $0 },
      targets: known.rows.targets.map { 2 * known.mean - $0 })
    #expect(document.championHasFallen == true)
    #expect(objections(document) == [], "\(document.checks)")
  }

  @Test func `labels that cost both models their accuracy are noise`() throws {
    let known = try known()
    let p = known.rows.predictions
    var random = SeededGenerator(seed: 5)
    var targets = known.rows.targets
    let places = targets.indices.filter { _ in random.uniform() < 0.5 }
    for (place, target) in zip(places, places.map { targets[$0] }.shuffled(using: &random)) {
      targets[place] = target
    }
    let document = try compared(known, champion: p, challenger: known.timid, targets: targets)
    #expect(objections(document).contains("label_cost"), "\(document.checks)")
    let vouched = try compared(known, champion: p, challenger: known.timid, targets: targets) {
      $0.checks.labels = 1
    }
    #expect(!objections(vouched).contains("label_cost"))
    // The rows that the champion was judged on say nothing about new labels.
    let old = try compared(
      known, champion: p, challenger: known.timid, targets: targets, newRows: 0..<0)
    #expect(old.newRows == nil && !old.checks.contains { $0.id == "label_cost" })
  }

  @Test func `a group of rows must not get surely worse`() throws {
    let known = try known()
    let p = known.rows.predictions
    guard case .category(let plans)? = known.table["plan"]?.values else {
      Issue.record("no plans")
      return
    }
    let worse = zip(p, plans.codes).map { $1 >= 0 && plans.levels[Int($1)] == "c" ? $0 + 30 : $0 }
    let document = try compared(known, champion: p, challenger: worse) {
      $0.gate.segmentRows = 50
    }
    #expect(document.segments.count == 3 && document.segments.allSatisfy { $0.measure == .loss })
    let names = document.checks.filter(\.objects).map(\.name)
    #expect(names.contains("relative RMSE difference where plan is 'c'"), "\(names)")
    #expect(!names.contains { $0.contains("'a'") || $0.contains("'b'") }, "\(names)")
    let text = try JSONDocument.text(of: document.segments[0])
    #expect(text.contains("\"column\" : \"plan\"") && text.contains("\"loss\" : {"), "\(text)")
  }
}

// Where bins end, and what target statistics may know.

import NumericCore
import Tables
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct BinningTests {
  @Test func `few distinct values get a bin each`() {
    var sample: [Double] = [3, 1, 2, 2, 1, -0.0, 0]
    #expect(QuantileCuts.cuts(sample: &sample, maximumBins: 4) == [0.5, 1.5, 2.5])
    var one: [Double] = [5, 5]
    #expect(QuantileCuts.cuts(sample: &one, maximumBins: 4) == [])
    var none: [Double] = []
    #expect(QuantileCuts.cuts(sample: &none, maximumBins: 4) == [])
  }

  @Test func `missing values in a sample change no cut`() {
    for count in [4, 300] {
      var sample = (0..<count).flatMap { [.nan, Double($0 % 3), -.nan] }
      #expect(QuantileCuts.cuts(sample: &sample, maximumBins: 4) == [0.5, 1.5])
    }
    var none = [Double.nan, .nan]
    #expect(QuantileCuts.cuts(sample: &none, maximumBins: 4) == [])
  }

  @Test(arguments: [2, 16, 254])
  func `many distinct values are divided evenly`(bins: Int) {
    var generator = SeededGenerator(seed: 2)
    var sample = (0..<50_000).map { _ in generator.normal() }
    let cuts = QuantileCuts.cuts(sample: &sample, maximumBins: bins)
    #expect(cuts.count == bins - 1)
    let counts = zip([-.infinity] + cuts, cuts + [.infinity]).map { low, high in
      sample.filter { low < $0 && $0 <= high }.count
    }
    let share = 50_000 / bins
    #expect(counts.allSatisfy { $0 >= share * 8 / 10 && $0 <= share * 12 / 10 + 2 })
  }

  @Test func `a frequent value has a bin of its own`() {
    var generator = SeededGenerator(seed: 2)
    var sample = (0..<10_000).map { $0 % 2 == 0 ? 0 : generator.normal() }
    let cuts = QuantileCuts.cuts(sample: &sample, maximumBins: 20)
    #expect(cuts.count <= 19)
    let below = cuts.last { $0 < 0 } ?? -.infinity
    let above = cuts.first { $0 >= 0 } ?? .infinity
    #expect(sample.filter { below < $0 && $0 <= above }.allSatisfy { $0 == 0 })
  }

  @Test func `neighbouring numbers are separated`() {
    let low = 1.0
    var sample = [low, low.nextUp, low.nextUp.nextUp]
    #expect(QuantileCuts.cuts(sample: &sample, maximumBins: 8) == [low, low.nextUp])
  }

  @Test func `an ordered statistic does not see its own row`() {
    let rows = 2_000
    // Every row has a category of its own: there is nothing to learn from other rows.
    let column = CategoryColumn((0..<rows).map { "id \($0)" })
    let labels = (0..<rows).map { Float($0 % 2) }
    let statistics = TargetStatistics(
      column: column, labels: labels, weights: nil, rows: Array(0..<Int32(rows)),
      random: CounterRandom(seed: 1))
    #expect(statistics.rowValues.allSatisfy { $0 == 0.5 })
    #expect(statistics.prior == 0.5)
    #expect(statistics.levelValues[1] == 0.75)
  }

  @Test func `ordered statistics approach the level's rate`() {
    let rows = 20_000
    let column = CategoryColumn((0..<rows).map { $0 % 2 == 0 ? "often" : "seldom" })
    let labels = (0..<rows).map { row -> Float in
      row % 2 == 0 ? (row % 10 < 8 ? 1 : 0) : (row % 10 == 1 ? 1 : 0)
    }
    let statistics = TargetStatistics(
      column: column, labels: labels, weights: nil, rows: Array(0..<Int32(rows)),
      random: CounterRandom(seed: 1))
    #expect(abs(statistics.levelValues[0] - 0.8) < 1e-3)
    #expect(abs(statistics.levelValues[1] - 0.2) < 1e-3)
    let mean = stride(from: 0, to: rows, by: 2).reduce(0) { $0 + statistics.rowValues[$1] }
    #expect(abs(mean / Double(rows / 2) - 0.8) < 0.02)
  }

  @Test func `validation rows use what the training rows have taught`() {
    let pool = WorkerPool(threads: 1)
    let rows = 3_000
    let column = Column(
      name: "city", values: .category(CategoryColumn((0..<rows).map { "city \($0 % 300)" })))
    var configuration = BoostingConfiguration()
    configuration.maxCatLevels = 64
    let binner = FeatureBinner(
      columns: [column], labels: (0..<rows).map { Float($0 % 300 % 2) }, weights: nil,
      trainingRows: Array(0..<2_000), validationRows: Array(2_000..<3_000),
      configuration: configuration, random: CounterRandom(seed: 4), pool: pool)
    let dataset = binner.dataset()
    #expect(dataset.features.map(\.name) == ["city (target rate)", "city (count)"])
    let bins = (2_000..<3_000).map { Int(dataset.matrix.column(0)[$0]) }
    let odd = stride(from: 1, to: 1_000, by: 2).map { bins[$0] }
    let even = stride(from: 0, to: 1_000, by: 2).map { bins[$0] }
    #expect((odd.min() ?? 0) > (even.max() ?? 999))
  }

  @Test func `a row without weight teaches its category nothing`() {
    let column = CategoryColumn(["a", "a", "a", "b", "b"])
    let statistics = TargetStatistics(
      column: column, labels: [0, 0, 1, 0, 1], weights: [1, 1, 0, 1, 1], rows: [0, 1, 2, 3, 4],
      random: CounterRandom(seed: 1))
    #expect(statistics.prior == 0.25)
    #expect(statistics.levelValues == [0.25 / 3, 1.25 / 3])
  }

  @Test(arguments: [[0, 2, 4, 6], [0, 1, 2, 3], [1, 6], [7]])
  func `training and validation rows keep their own values`(training: [Int32]) {
    let values = (0..<8).map { Double($0) }
    let validation = (0..<8).filter { !training.contains($0) }
    let binner = FeatureBinner(
      columns: [Column(name: "x", values: .number(NumberColumn(values)))],
      labels: values.map { _ in 0 }, weights: nil, trainingRows: training,
      validationRows: validation, configuration: BoostingConfiguration(),
      random: CounterRandom(seed: 4), pool: WorkerPool(threads: 1))
    let dataset = binner.dataset()
    guard let feature = dataset.features.first, case .number(let cuts) = feature.encoding else {
      #expect(training.count == 1)
      return
    }
    let bins = (0..<8).map { Int(dataset.matrix.column(0)[$0]) }
    #expect(bins == (training + validation).map { row in 1 + cuts.count { $0 < Double(row) } })
  }
}

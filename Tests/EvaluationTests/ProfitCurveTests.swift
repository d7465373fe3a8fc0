// Profit by threshold, against trying every threshold, and its intervals against drawn rows.
import NumericCore
import TestSupport
import Testing

@testable import Evaluation

@Suite(.onOwnThread) struct ProfitCurveTests {
  private static let terms = [
    ProfitTerms(valueOfSave: 100, costOfOffer: 10), ProfitTerms(valueOfSave: 10, costOfOffer: 7),
    ProfitTerms(valueOfSave: 50, costOfOffer: 10, saveRate: 0.3),
    ProfitTerms(valueOfSave: 1, costOfOffer: 3), ProfitTerms(valueOfSave: 5, costOfOffer: 0),
  ]

  /// What a threshold earns, and how many rows it contacts.
  private static func point(
    _ rows: ScoredRows, _ terms: ProfitTerms, threshold: Double, times: [Double]? = nil
  ) -> (profit: Double, contacted: Double) {
    var (profit, contacted) = (0.0, 0.0)
    for row in 0..<rows.count where rows.probabilities[row] >= threshold {
      let weight = (rows.weights?[row] ?? 1) * (times?[row] ?? 1)
      contacted += weight
      profit += weight * ((rows.labels[row] ? terms.saveRate * terms.valueOfSave : 0))
      profit -= weight * terms.costOfOffer
    }
    return (profit, contacted)
  }

  @Test(arguments: RowShape.all, terms)
  func `no threshold earns more than the best`(shape: RowShape, terms: ProfitTerms) throws {
    let rows = try shape.make()
    let curve = try ProfitCurve(rows, terms: terms, pool: WorkerPool(threads: 2))
    var highest = 0.0
    for threshold in Set(rows.probabilities) {
      highest = max(highest, Self.point(rows, terms, threshold: threshold).profit)
    }
    let scale = 1e-9 * (1 + Double(rows.count) * terms.valueOfSave)
    #expect(abs(curve.best.profit - highest) < scale)
    for found in [curve.best, curve.atHalf, curve.everyone] {
      let expected = Self.point(rows, terms, threshold: found.threshold)
      #expect(abs(found.profit - expected.profit) < scale)
      #expect(abs(found.contacted - expected.contacted) < scale)
    }
    #expect(curve.atHalf.threshold == 0.5 && curve.everyone.threshold == 0)
  }

  @Test func `an offer that costs more than it brings goes to nobody`() throws {
    let rows = try ScoredRows(labels: [true, false], probabilities: [1, 0.2])
    let terms = ProfitTerms(valueOfSave: 1, costOfOffer: 3)
    let curve = try ProfitCurve(rows, terms: terms, pool: WorkerPool(threads: 1))
    #expect(curve.best == ProfitCurve.Point(threshold: 1.0.nextUp, contacted: 0, profit: 0))
    #expect(curve.interval == 0...0)
    #expect(curve.everyone.profit == -5 && curve.atHalf.profit == -2)
  }

  /// Four copies of each row know no more than one: the interval of four times the profit is four
  /// times as wide.
  @Test func `rows of one group have one draw`() throws {
    let once = try RowShape(rows: 400).make()
    let rows = (0..<1_600).map { $0 % 400 }
    let copies = try ScoredRows(
      labels: rows.map { once.labels[$0] }, probabilities: rows.map { once.probabilities[$0] },
      groups: RowGroups(joining: [rows.map { Int32($0) }]))
    let pool = WorkerPool(threads: 2)
    func widths(_ rows: ScoredRows) throws -> (profit: Double, threshold: Double) {
      let curve = try ProfitCurve(rows, terms: Self.terms[0], pool: pool)
      let (profit, threshold) = (curve.interval, curve.thresholdInterval)
      return (profit.upperBound - profit.lowerBound, threshold.upperBound - threshold.lowerBound)
    }
    let (single, fourfold) = (try widths(once), try widths(copies))
    #expect(abs(fourfold.profit / single.profit - 4) < 0.5)
    #expect(abs(fourfold.threshold / single.threshold - 1) < 0.3)
  }

  @Test(arguments: RowShape.all, terms)
  func `replicates are the profits of rows drawn as often as the bits say`(
    shape: RowShape, terms: ProfitTerms
  ) throws {
    let rows = try shape.make()
    let ranking = try Ranking(rows)
    let replicates = ProfitReplicates(ranking: ranking, terms: terms)
    let order = (0..<rows.count).sorted {
      (rows.probabilities[$0], $0) < (rows.probabilities[$1], $1)
    }
    for replicate in 0..<3 {
      let random = CounterRandom(seed: 11).split(UInt64(replicate))
      var times = [Double](repeating: 0, count: rows.count)
      for (position, row) in order.enumerated() {
        let word = random.bits(at: UInt64(position / 4)) >> UInt64(16 * (position % 4))
        times[row] = Double(BootstrapIntervalTests.poisson((Double(word & 0xffff) + 0.5) / 65_536))
      }
      let scale = 1e-9 * (1 + Double(rows.count) * terms.valueOfSave)
      let levels = Set(rows.probabilities).sorted()
      let middle = levels[levels.count / 2]
      let firstRow = try #require(ranking.probabilities.firstIndex(of: middle))
      let found = replicates.replicate(random, firstContacted: firstRow)
      let expected = Self.point(rows, terms, threshold: middle, times: times).profit
      #expect(abs(found.x - expected) < scale)
      let best = levels.map { Self.point(rows, terms, threshold: $0, times: times).profit }
      let atFound = Self.point(rows, terms, threshold: found.y, times: times).profit
      #expect(abs(atFound - max(0, best.max() ?? 0)) < scale)
    }
  }

  @Test func `the intervals hold the estimates, narrow with rows, and ignore threads`() throws {
    let terms = ProfitTerms(valueOfSave: 100, costOfOffer: 30)
    var widths: [Double] = []
    for count in [500, 8_000] {
      let rows = try RowShape(rows: count).make()
      let curve = try ProfitCurve(rows, terms: terms, seed: 3, pool: WorkerPool(threads: 1))
      #expect(curve.interval.contains(curve.best.profit))
      #expect(curve.thresholdInterval.contains(curve.best.threshold))
      widths.append((curve.interval.upperBound - curve.interval.lowerBound) / Double(count))
      for threads in 2...4 {
        let pool = WorkerPool(threads: threads)
        #expect(try ProfitCurve(rows, terms: terms, seed: 3, pool: pool) == curve)
      }
    }
    // A profit's error falls with the root of the rows: here by a factor of four.
    #expect(widths[0] / widths[1] > 2.5 && widths[0] / widths[1] < 6)
  }
}

// Which rows of a churn table repeat each other.
import NumericCore
import Tables
import TestSupport
import Testing

@testable import Tabular

@Suite(.onOwnThread) struct RepeatedRowsTests {
  private let pool = WorkerPool(threads: 2)
  private let random = CounterRandom(seed: 5)

  private func numbers(_ name: String, _ count: Int, _ value: (Int) -> Double) -> Column {
    Column(name: name, values: .number(NumberColumn((0..<count).map(value))))
  }

  private func ids(_ texts: [String?]) -> Column {
    Column(name: "id", values: .text(TextColumn(texts)))
  }

  @Test func `rows of one identifier belong together, rows without one do not`() {
    let column = numbers("a", 6) { Double($0) }
    let groups = RepeatedRows(
      identifiers: [ids(["x", nil, "y", "x", nil, "y"])], features: [column],
      labels: [0, 1, 0, 1, 0, 1], pool: pool
    ).groups
    #expect(groups?.leaders == [0, 1, 2, 0, 4, 2])
  }

  @Test func `equal rows belong together whatever their identifiers`() {
    let count = 300
    let features = [
      numbers("a", count) { self.random.uniform(at: UInt64($0 % 100)) },
      numbers("b", count) { self.random.uniform(at: UInt64(1_000 + $0 % 100)) },
    ]
    let labels = (0..<count).map { Double($0 % 100 % 2) }
    let repeats = RepeatedRows(
      identifiers: [ids((0..<count).map { "c\($0)" })], features: features, labels: labels,
      pool: pool)
    #expect(repeats.counts == RepeatCounts(groups: 100, rows: 300, largest: 3))
    #expect(repeats.groups?.leaders == (0..<count).map { Int32($0 % 100) })
    // Where one of them has another target they are different customers.
    var others = labels
    others[100] = 1 - others[100]
    let fewer = RepeatedRows(identifiers: [], features: features, labels: others, pool: pool)
    #expect(fewer.counts == RepeatCounts(groups: 99, rows: 297, largest: 3))
  }

  @Test func `rows that few categories make equal are different customers`() {
    let count = 2_000
    func level(_ stream: UInt64, _ row: Int) -> Int {
      Int(random.split(stream).bits(at: UInt64(row)) % 4)
    }
    let features = (0..<3).map { stream in
      Column(
        name: "k\(stream)",
        values: .category(CategoryColumn((0..<count).map { "v\(level(UInt64(stream), $0))" })))
    }
    // The target follows from the categories, so that equal rows have equal targets.
    let labels = (0..<count).map { level(0, $0) > 1 ? 1.0 : 0 }
    #expect(
      RepeatedRows(identifiers: [], features: features, labels: labels, pool: pool).counts == nil)
  }

  /// A tax and a telephone code that follow from the city, and months: equal rows are as many as
  /// cities and months make of them.
  @Test func `columns that follow from others make no copies of equal rows`() {
    let count = 6_000
    let cities = (0..<count).map { Int(random.bits(at: UInt64($0)) % 12) }
    func category(_ name: String) -> Column {
      Column(name: name, values: .category(CategoryColumn(cities.map { "\(name) \($0)" })))
    }
    let features = [
      category("city"), numbers("tax", count) { Double(cities[$0]) / 7 }, category("code"),
      numbers("months", count) { Double(random.split(1).bits(at: UInt64($0)) % 46) },
    ]
    let labels = cities.map { $0 < 4 ? 1.0 : 0 }
    #expect(
      RepeatedRows(identifiers: [], features: features, labels: labels, pool: pool).counts == nil)
    // One column that is drawn anew for each customer tells copies from chance.
    let told = numbers("spent", count) { self.random.split(2).uniform(at: UInt64($0 / 2)) }
    let pairs = features.map { $0.selecting((0..<count).map { Int32($0 / 2) }) }
    let copies = RepeatedRows(
      identifiers: [], features: pairs + [told], labels: labels.indices.map { labels[$0 / 2] },
      pool: pool)
    #expect(copies.counts == RepeatCounts(groups: 3_000, rows: 6_000, largest: 2))
  }

  /// Customers with several months each, of whom many look alike.
  @Test func `rows that share an identifier are joined with no others`() {
    let count = 600
    let identifiers = ids((0..<count).map { "c\($0 / 6)" })
    let features = [
      numbers("a", count) { self.random.uniform(at: UInt64($0 / 6 % 3 * 10 + $0 % 6)) }
    ]
    let groups = RepeatedRows(
      identifiers: [identifiers], features: features,
      labels: [Double](repeating: 0, count: count), pool: pool
    ).groups
    #expect(groups?.leaders == (0..<count).map { Int32($0 / 6 * 6) })
  }

  @Test func `identifiers are compared as other cells are read`() {
    let column = numbers("a", 8) { Double($0) }
    let groups = RepeatedRows(
      identifiers: [ids(["1", " 1", "1.0", "NA", "NA", "true", "True", "01"])],
      features: [column], labels: [0, 1, 0, 1, 0, 1, 0, 1], pool: pool
    ).groups
    #expect(groups?.leaders == [0, 0, 0, 3, 4, 5, 5, 7])
  }

  @Test func `no repeats, no groups`() {
    let repeats = RepeatedRows(
      identifiers: [ids((0..<50).map { "c\($0)" })], features: [numbers("a", 50) { Double($0) }],
      labels: (0..<50).map { Double($0 % 2) }, pool: pool)
    #expect(repeats.groups == nil && repeats.counts == nil)
  }
}

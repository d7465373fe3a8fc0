// Which rows of a churn table repeat each other.
import NumericCore
import Tables
import TestSupport
import Testing

@testable import Tasks

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

  @Test func `no repeats, no groups`() {
    let repeats = RepeatedRows(
      identifiers: [ids((0..<50).map { "c\($0)" })], features: [numbers("a", 50) { Double($0) }],
      labels: (0..<50).map { Double($0 % 2) }, pool: pool)
    #expect(repeats.groups == nil && repeats.counts == nil)
  }
}

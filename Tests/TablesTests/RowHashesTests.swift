// Hashes of rows: equal where rows are equal, whatever holds their cells.
import NumericCore
import TestSupport
import Testing
import Texts

@testable import Tables

@Suite(.onOwnThread) struct RowHashesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `rows that were read hash as rows that were made, on any number of threads`() throws {
    var text = "id,a,k\n"
    for row in 0..<20_000 {
      text += "\(row % 50 == 0 ? "" : "x\(row % 9_000)"),\(row % 7),\(row % 3 == 0 ? "é" : "")\n"
    }
    let read = try Table.read(
      from: folder.write(text, to: "t.csv"),
      options: ReadOptions(kinds: ["id": .text, "k": .category]))
    let table = read.table
    let made = [
      Column(
        name: "id",
        values: .text(TextColumn((0..<20_000).map { $0 % 50 == 0 ? nil : "x\($0 % 9_000)" }))),
      Column(name: "a", values: .number(NumberColumn((0..<20_000).map { Double($0 % 7) }))),
      Column(
        name: "k", values: .category(CategoryColumn((0..<20_000).map { $0 % 3 == 0 ? "é" : nil }))),
    ]
    let expected = RowHashes.of(made, rowCount: 20_000, pool: WorkerPool(threads: 1))
    for threads in [1, 3] {
      let pool = WorkerPool(threads: threads)
      #expect(RowHashes.of(table.columns, rowCount: 20_000, pool: pool) == expected)
    }
    // Equal rows come again after 9,000, 7, 3 and 50 rows have come round: after 63,000.
    #expect(Set(expected).count > 19_000)
  }

  @Test func `zero has one hash, a missing cell one of its own`() {
    let pool = WorkerPool(threads: 1)
    let column = Column(name: "a", values: .number(NumberColumn([0, -0.0, .nan, 1])))
    let hashes = RowHashes.of([column], rowCount: 4, pool: pool)
    #expect(hashes[0] == hashes[1] && Set(hashes).count == 3)
    #expect(hashes[2] == RowHashes.ofMissingCells(columns: 1))
    let texts = Column(name: "b", values: .text(TextColumn([nil, "", "1", "0"])))
    let both = RowHashes.of([column, texts], rowCount: 4, pool: pool)
    #expect(Set(both).count == 4 - 1)
  }
}

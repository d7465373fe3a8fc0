// Rows that belong together, and how they are dealt to parts.
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct RowGroupsTests {
  @Test func `relations join, one through the other`() {
    let groups = RowGroups(joining: [[0, 1, 1, 3, 4, 5], [0, 0, 2, 3, 4, 3]])
    #expect(groups?.leaders == [0, 0, 0, 3, 4, 3])
    #expect(groups?.sizes == [3, 0, 0, 2, 1, 0])
    #expect(RowGroups(joining: [[0, 1, 2], [0, 1, 2]]) == nil)
    #expect(RowGroups(joining: []) == nil)
  }

  @Test func `some rows have the groups that are left among them`() {
    let groups = RowGroups(joining: [[0, 1, 0, 1, 4, 0]])
    #expect(groups?.selecting([2, 3, 4, 5])?.leaders == [0, 1, 2, 0])
    #expect(groups?.selecting([0, 1, 4]) == nil)
  }

  @Test func `equal keys lead to the first row, but for the key of rows that stay alone`() {
    let keys: [UInt64] = [7, 9, 7, 1, 9, 7, 1]
    #expect(RowGroups.firstRows(withKeys: keys) == [0, 1, 0, 3, 1, 0, 3])
    #expect(RowGroups.firstRows(withKeys: keys, alone: 1) == [0, 1, 0, 3, 1, 0, 6])
    let random = CounterRandom(seed: 3)
    let many = (0..<5_000).map { random.bits(at: UInt64($0 * 7 % 1_999)) }
    var known: [UInt64: Int32] = [:]
    for (row, key) in many.enumerated() where known[key] == nil { known[key] = Int32(row) }
    #expect(RowGroups.firstRows(withKeys: many) == many.map { known[$0] })
  }

  @Test func `parts have their shares of both classes, large groups and rare positives too`() throws
  {
    // 40 groups of 20 rows and 1,200 rows by themselves; one group in eight is positive.
    let first = (0..<2_000).map { Int32($0 < 800 ? $0 - $0 % 20 : $0) }
    let labels = (0..<2_000).map { $0 < 800 ? $0 / 20 % 8 == 0 : $0 % 10 == 0 }
    let groups = try #require(RowGroups(joining: [first]))
    let parts = groups.dealt(
      labels: labels, shares: [0.5, 0.3, 0.2], random: CounterRandom(seed: 1))
    for (part, share) in [0.5, 0.3, 0.2].enumerated() {
      let rows = parts.indices.filter { parts[$0] == Int32(part) }
      #expect(abs(Double(rows.count) - share * 2_000) <= 2)
      #expect(abs(Double(rows.count { labels[$0] }) - share * 220) <= 2)
      #expect(rows.allSatisfy { parts[Int(first[$0])] == Int32(part) })
    }
  }
}

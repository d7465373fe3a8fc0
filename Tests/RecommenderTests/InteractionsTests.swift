// Pairs into rows both ways, against dictionaries.
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct InteractionsTests {
  @Test func `of a pair given twice the last rating counts, once`() throws {
    let data = try Interactions(
      users: [1, 0, 1, 1], items: [2, 0, 0, 2], ratings: [5, 1, 2, 3], userCount: 3, itemCount: 4)
    #expect(data.count == 3 && data.duplicates == 1 && data.users == 3 && data.items == 4)
    #expect(Array(data.byUser[1]) == [0, 2] && data.byUser[2].isEmpty)
    #expect(data.byUser.values == [1, 2, 3])
    #expect(Array(data.byItem[0]) == [0, 1] && data.byItem.values == [1, 2, 3])
    #expect(data.byItem[1].isEmpty && data.byItem[3].isEmpty)
  }

  @Test(arguments: [0, 1, 50, 3_000])
  func `rows hold what a dictionary holds`(count: Int) throws {
    var generator = SeededGenerator(seed: UInt64(count))
    let users = (0..<count).map { _ in Int32.random(in: 0..<40, using: &generator) }
    let items = (0..<count).map { _ in Int32.random(in: 0..<30, using: &generator) }
    let ratings = (0..<count).map { Float($0) }
    let data = try Interactions(
      users: users, items: items, ratings: ratings, userCount: 40, itemCount: 30)
    var expected: [[Int32]: Float] = [:]
    for index in 0..<count { expected[[users[index], items[index]]] = ratings[index] }
    #expect(data.count == expected.count && data.duplicates == count - expected.count)
    for (rows, isByUser) in [(data.byUser, true), (data.byItem, false)] {
      for row in 0..<rows.rows {
        #expect(Array(rows[row]) == rows[row].sorted())
        for place in rows.offsets[row]..<rows.offsets[row + 1] {
          let pair = [Int32(row), rows.indices[place]]
          #expect(rows.values?[place] == expected[isByUser ? pair : pair.reversed()])
        }
      }
    }
  }

  @Test func `a row knows its columns`() {
    let rows = SparseRows([[3, 1, 7], [], [0]])
    for row in 0..<3 {
      for column: Int32 in -1..<9 {
        #expect(rows.contains(row: row, column: column) == rows[row].contains(column))
      }
    }
  }

  @Test(arguments: [Float.nan, .infinity])
  func `a rating that is not finite is refused`(rating: Float) {
    #expect {
      try Interactions(
        users: [0, 0], items: [0, 1], ratings: [1, rating], userCount: 1, itemCount: 2)
    } throws: {
      guard case RecommenderError.unusableRating(let interaction, _) = $0 else { return false }
      return interaction == 1
    }
  }

  @Test func `some rows, and other values, leave everything else as it is`() {
    let rows = SparseRows(
      offsets: [0, 2, 2, 3, 5], indices: [1, 4, 0, 2, 3], values: [1, 2, 3, 4, 5])
    #expect(
      rows.rows([3, 1, 0])
        == SparseRows(offsets: [0, 2, 2, 4], indices: [2, 3, 1, 4], values: [4, 5, 1, 2]))
    let changed = rows.mapValues(pool: WorkerPool(threads: 2)) { row, columns, values in
      for place in values.indices { values[place] += Float(100 * row + 10 * Int(columns[place])) }
    }
    #expect(
      changed
        == SparseRows(
          offsets: rows.offsets, indices: rows.indices, values: [11, 42, 203, 324, 335]))
  }
}

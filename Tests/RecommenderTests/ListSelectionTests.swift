// Lists with groups and diversity against a search through all items, one list at a time.
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct ListSelectionTests {
  static let pool = WorkerPool(threads: 3)

  private static func product(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
    zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  @Test(arguments: [
    [1, 1, 1, 1], [7, 300, 5, 1], [3, 300, 40, 2], [2, 50, 60, 3], [20, 900, 10, 1],
  ])
  func `no list has more of a group than it may, and none is shorter than it must be`(
    shape: [Int]
  ) throws {
    let (queries, items, k, limit) = (shape[0], shape[1], shape[2], shape[3])
    let users = randomMatrix(rows: queries, columns: 4, seed: 1)
    let vectors = randomMatrix(rows: items, columns: 4, seed: 2)
    var random = SeededGenerator(seed: 5)
    // Most items are of one group, so that far more than k candidates are needed.
    let groups = (0..<items).map { _ -> Int32 in
      Double.random(in: 0..<1, using: &random) < 0.9
        ? 0 : Int32.random(in: -1..<Int32(max(1, k)), using: &random)
    }
    let excluded = SparseRows((0..<queries).map { _ in [Int32(items / 2)] })
    let index = try ExactIndex(vectors)
    let found = try ListSelection(groups: groups, perGroup: limit).lists(
      queries: queries, k: k, vectors: vectors, pool: Self.pool
    ) { rows, length in
      try index.search(
        Matrix(
          rows: rows.count, columns: 4, elements: rows.flatMap { Array(users.row($0)) }),
        k: length, excluding: SparseRows(rows.map { Array(excluded[$0]) }), pool: Self.pool)
    }
    for query in 0..<queries {
      let order = (0..<items).filter { $0 != items / 2 }.sorted {
        (Self.product(users.row(query), vectors.row($0)), -$0)
          > (Self.product(users.row(query), vectors.row($1)), -$1)
      }
      var counts: [Int32: Int] = [:]
      var expected: [Int] = []
      for item in order where expected.count < k {
        if groups[item] >= 0 {
          guard counts[groups[item], default: 0] < limit else { continue }
          counts[groups[item], default: 0] += 1
        }
        expected.append(item)
      }
      #expect(found[query].map { Int($0.item) } == expected)
    }
  }

  @Test(arguments: [0.0, 0.2, 0.5, 0.9, 1.0])
  func `diverse lists take the item of largest marginal relevance step by step`(
    _ diversity: Double
  ) throws {
    for (items, k, limit) in [(1, 1, 1), (30, 10, 2), (90, 12, 90), (400, 8, 1)] {
      let vectors = randomMatrix(rows: items, columns: 6, seed: 7, isUnit: true)
      let user = randomMatrix(rows: 1, columns: 6, seed: 8, isUnit: true)
      let groups = (0..<items).map { Int32($0 % 5) - 1 }
      let index = try ExactIndex(vectors)
      let found = try ListSelection(groups: groups, perGroup: limit, diversity: diversity).lists(
        queries: 1, k: k, vectors: vectors, pool: Self.pool
      ) { _, length in try index.search(user, k: length, pool: Self.pool) }
      guard diversity > 0 else { continue }
      let ranked = try index.search(user, k: min(items, max(100, 10 * k)), pool: Self.pool)[0]
      guard let best = ranked.first, let worst = ranked.last else { continue }
      var left = ranked
      var list: [(item: Int32, score: Float)] = []
      var counts: [Int32: Int] = [:]
      while list.count < k {
        let open = left.filter {
          groups[Int($0.item)] < 0 || counts[groups[Int($0.item)], default: 0] < limit
        }
        func value(_ entry: (item: Int32, score: Float)) -> Double {
          let relevance =
            best.score > worst.score
            ? Double(entry.score - worst.score) / Double(best.score - worst.score) : 1
          let alike =
            list.map {
              Self.product(vectors.row(Int($0.item)), vectors.row(Int(entry.item)))
            }.max() ?? 0
          return (1 - diversity) * relevance - diversity * alike
        }
        // Of equal values the first one.
        guard
          let next = open.max(by: { value($0) < value($1) })
        else { break }
        list.append(next)
        left.removeAll { $0.item == next.item }
        counts[groups[Int(next.item)], default: 0] += 1
      }
      #expect(found[0].map(\.item) == list.map(\.item), "\(items) items")
    }
  }

  @Test func `without groups and diversity lists are those of the search`() throws {
    let vectors = randomMatrix(rows: 200, columns: 5, seed: 3)
    let users = randomMatrix(rows: 9, columns: 5, seed: 4)
    let index = try ExactIndex(vectors)
    let found = try ListSelection().lists(
      queries: 9, k: 7, vectors: vectors, pool: Self.pool
    ) { rows, length in
      #expect(rows == Array(0..<9) && length == 7)
      return try index.search(users, k: length, pool: Self.pool)
    }
    #expect(try found == index.search(users, k: 7, pool: Self.pool))
    #expect(ListSelection().isPlain && !ListSelection(diversity: 0.1).isPlain)
  }

  @Test func `lists do not depend on the number of threads`() throws {
    let vectors = randomMatrix(rows: 3_000, columns: 8, seed: 5, isUnit: true)
    let users = randomMatrix(rows: 100, columns: 8, seed: 6, isUnit: true)
    let selection = ListSelection(
      groups: (0..<3_000).map { Int32($0 % 7) }, perGroup: 2, diversity: 0.3)
    let lists = try [1, 2, 4].map { threads in
      let pool = WorkerPool(threads: threads)
      return try selection.lists(queries: 100, k: 10, vectors: vectors, pool: pool) {
        rows, length in
        try ExactIndex(vectors).search(
          Matrix(rows: rows.count, columns: 8, elements: rows.flatMap { Array(users.row($0)) }),
          k: length, pool: pool)
      }
    }
    #expect(lists[0] == lists[1] && lists[0] == lists[2])
  }
}

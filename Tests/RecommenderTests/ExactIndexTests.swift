// The search against a full sort of all inner products.
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct ExactIndexTests {
  static let pool = WorkerPool(threads: 3)

  @Test(arguments: [
    [1, 1, 1, 1], [5, 70, 3, 8], [130, 2_100, 5, 4], [65, 4_097, 2, 20], [2, 40_000, 30, 3],
    [8, 4_097, 7, 64], [9, 4_097, 7, 64],
  ])
  func `the lists are those of a full sort without the excluded items`(shape: [Int]) throws {
    let (queries, items, k, columns) = (shape[0], shape[1], shape[2], shape[3])
    let users = randomMatrix(rows: queries, columns: columns, seed: 1)
    let vectors = randomMatrix(rows: items, columns: columns, seed: 2)
    var generator = SeededGenerator(seed: 3)
    let excluded = SparseRows(
      (0..<queries).map { _ in
        (0..<items / 3).map { _ in Int32.random(in: 0..<Int32(items), using: &generator) }
      })
    let found = try ExactIndex(vectors).search(users, k: k, excluding: excluded, pool: Self.pool)
    #expect(found.k == min(k, items) && found.queries == queries)
    for query in 0..<queries {
      let scores = (0..<items).map { item in
        zip(users.row(query), vectors.row(item)).reduce(0.0) { $0 + Double($1.0 * $1.1) }
      }
      let allowed = Set(0..<items).subtracting(excluded[query].map(Int.init))
      let best = allowed.sorted { (scores[$0], -$0) > (scores[$1], -$1) }.prefix(k)
      let list = found[query]
      #expect(list.count == best.count)
      for (entry, expected) in zip(list, best) {
        #expect(allowed.contains(Int(entry.item)))
        #expect(abs(Double(entry.score) - scores[expected]) < 1e-5)
      }
    }
  }

  @Test func `of equal scores the lower item comes first, across tiles too`() throws {
    let vectors = Matrix<Float>(rows: 5_000, columns: 1, repeating: 1)
    let query = Matrix<Float>(rows: 1, columns: 1, repeating: 2)
    let excluded = SparseRows([[0, 2]])
    let found = try ExactIndex(vectors).search(query, k: 4, excluding: excluded, pool: Self.pool)
    #expect(found.items == [1, 3, 4, 5] && found.scores == [2, 2, 2, 2])
  }

  @Test func `the lists do not depend on the number of threads`() throws {
    let index = try ExactIndex(randomMatrix(rows: 40_000, columns: 16, seed: 4))
    for queries in [1, 300] {
      let users = randomMatrix(rows: queries, columns: 16, seed: 5)
      let lists = try [1, 2, 4].map {
        try index.search(users, k: 10, pool: WorkerPool(threads: $0))
      }
      #expect(lists[0] == lists[1] && lists[0] == lists[2])
    }
  }

  @Test func `with all items seen or more asked than there are, lists are short`() throws {
    let index = try ExactIndex(randomMatrix(rows: 3, columns: 2, seed: 6))
    let users = randomMatrix(rows: 2, columns: 2, seed: 7)
    let found = try index.search(
      users, k: 10, excluding: SparseRows([[0, 1, 2], [1]]), pool: Self.pool)
    #expect(found.k == 3 && found[0].isEmpty && Set(found[1].map(\.item)) == [0, 2])
    #expect(found.items[0..<3] == [-1, -1, -1])
  }

  @Test func `similar items come by distance without the item itself`() throws {
    let vectors = randomMatrix(rows: 50, columns: 6, seed: 8, isUnit: true)
    let found = try ExactIndex(vectors).similar(to: 7, k: 5, pool: Self.pool)
    func distance(_ item: Int) -> Double {
      zip(vectors.row(7), vectors.row(item)).reduce(0.0) {
        $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
      }.squareRoot()
    }
    let nearest = (0..<50).filter { $0 != 7 }.sorted { distance($0) < distance($1) }.prefix(5)
    #expect(found[0].map { Int($0.item) } == Array(nearest))
    for (item, found) in found[0] { #expect(abs(Double(found) - distance(Int(item))) < 1e-3) }
  }

  @Test func `lists of similar items are no longer than there are other items`() throws {
    let index = try ExactIndex(randomMatrix(rows: 3, columns: 2, seed: 8, isUnit: true))
    let found = try index.similar(to: 1, k: 10, pool: Self.pool)
    #expect(found.k == 3 && found.queries == 1)
    #expect(Set(found[0].map(\.item)) == [0, 2])
    let fewer = try index.similar(to: 1, k: 10, excluding: [2], pool: Self.pool)
    #expect(fewer[0].map(\.item) == [0])
  }

  @Test func `vectors that are not finite and lists of 0 are refused`() throws {
    var vectors = randomMatrix(rows: 4, columns: 2, seed: 9)
    let index = try ExactIndex(vectors)
    #expect(
      throws: RecommenderError.parameterOutOfRange(name: "k", found: "0", expected: "1 or more")
    ) {
      try index.search(vectors, k: 0, pool: Self.pool)
    }
    vectors[2, 1] = .nan
    #expect(throws: RecommenderError.unusableVector(row: 2)) { try ExactIndex(vectors) }
    #expect(throws: RecommenderError.unusableVector(row: 2)) {
      try index.search(vectors, k: 1, pool: Self.pool)
    }
  }
}

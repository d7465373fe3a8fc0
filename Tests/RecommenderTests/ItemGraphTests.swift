// Sparse sums, the strongest of many, and lists from a graph, each against the obvious twin.
import NumericCore
import TestSupport
import Testing

@testable import Recommender

/// A graph of random arcs, some of them negative, some of equal weight.
private func randomGraph(items: Int, each: Int, seed: UInt64) -> ItemGraph {
  var generator = SeededGenerator(seed: seed)
  let rows = SparseRows(
    (0..<items).map { _ in
      (0..<each).map { _ in Int32.random(in: 0..<Int32(items), using: &generator) }
    })
  let values = rows.indices.map { _ in Float(Int.random(in: -2...6, using: &generator)) / 4 }
  return ItemGraph(arcs: SparseRows(offsets: rows.offsets, indices: rows.indices, values: values))
}

@Suite(.onOwnThread) struct ItemGraphTests {
  static let pool = WorkerPool(threads: 3)

  @Test(arguments: [0, 1, 5, 40, 100])
  func `the strongest items are the first of all by strength, then by number`(limit: Int) {
    var generator = SeededGenerator(seed: UInt64(limit))
    var strongest = StrongestItems(limit: limit)
    for _ in 0..<3 {
      let strengths = (0..<80).map { _ in Float(Int.random(in: 0..<12, using: &generator)) / 3 }
      for item in (0..<80).shuffled(using: &generator) {
        let isKept = strongest.wouldKeep(Int32(item), strength: strengths[item])
        strongest.offer(Int32(item), strength: strengths[item])
        #expect(isKept || limit < 80)
      }
      let expected = (0..<80).sorted { (strengths[$0], -$0) > (strengths[$1], -$1) }
      #expect(strongest.drain().map(Int.init) == Array(expected.prefix(limit)))
    }
  }

  @Test func `a sparse sum is that of a dictionary, row after row`() {
    let sums = SparseAccumulator(columns: 50)
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<20 {
      sums.clear()
      var expected: [Int32: Float] = [:]
      var order: [Int32] = []
      for _ in 0..<Int.random(in: 0..<6, using: &generator) {
        let columns = (0..<9).map { _ in Int32.random(in: 0..<50, using: &generator) }
        let values = columns.map { _ in Float(Int.random(in: -8...8, using: &generator)) }
        columns.withUnsafeBufferPointer { columns in
          values.withUnsafeBufferPointer { sums.add($0, to: columns) }
          sums.add(0.5, to: columns)
        }
        for (column, value) in zip(columns, values) + columns.map({ ($0, 0.5) }) {
          if expected[column] == nil { order.append(column) }
          expected[column, default: 0] += value
        }
      }
      #expect(Array(sums.columns) == order)
      #expect(order.allSatisfy { sums[$0] == expected[$0] })
    }
  }

  @Test(arguments: [(1, 1), (30, 4), (200, 25)], [1, 7, 500])
  func `lists hold the best scores above 0 that are not left out`(
    shape: (items: Int, each: Int), k: Int
  ) throws {
    let graph = randomGraph(items: shape.items, each: shape.each, seed: 3)
    var generator = SeededGenerator(seed: 4)
    let histories = SparseRows(
      (0..<130).map { user in
        (0..<user % 5).map { _ in Int32.random(in: 0..<Int32(shape.items), using: &generator) }
      })
    for excluding in [nil, histories] {
      let lists = try [1, 4].map {
        try graph.recommend(
          histories, k: k, excluding: excluding, pool: WorkerPool(threads: $0))
      }
      #expect(lists[0] == lists[1])
      for user in 0..<130 {
        let scores = graph.scores(Array(histories[user]))
        let expected = (0..<shape.items).filter {
          scores[$0] > 0 && excluding?.contains(row: user, column: Int32($0)) != true
        }.sorted { (scores[$0], -$0) > (scores[$1], -$1) }.prefix(k)
        #expect(lists[0][user].map { Int($0.item) } == Array(expected))
        #expect(lists[0][user].map(\.score) == expected.map { scores[$0] })
      }
    }
    #expect(throws: RecommenderError.self) {
      try graph.recommend(histories, k: 0, excluding: nil, pool: Self.pool)
    }
  }

  @Test(arguments: [1, 6, 80]) func `lists among some items are those of all without the others`(
    k: Int
  ) throws {
    let graph = randomGraph(items: 60, each: 9, seed: 5)
    var generator = SeededGenerator(seed: 6)
    let histories = SparseRows(
      (0..<70).map { _ in (0..<3).map { _ in Int32.random(in: 0..<60, using: &generator) } })
    for share in [0, 0.2, 1] {
      let isAllowed = (0..<60).map { _ in Double.random(in: 0..<1, using: &generator) < share }
      let others = (0..<Int32(60)).filter { !isAllowed[Int($0)] }
      let found = try graph.recommend(
        histories, k: k, excluding: histories, among: isAllowed, pool: Self.pool)
      let excluding = SparseRows((0..<70).map { Array(histories[$0]) + others })
      #expect(
        try found == graph.recommend(histories, k: k, excluding: excluding, pool: Self.pool))
    }
  }

  @Test func `the score of one item is that among the scores of all`() {
    let graph = randomGraph(items: 25, each: 8, seed: 7)
    let history: [Int32] = [0, 3, 4, 11, 24]
    let scores = graph.scores(history)
    #expect((0..<25).map { graph.score(of: Int32($0), for: history[...]) } == scores)
    #expect(graph.score(of: 3, for: []) == 0)
    for item in 0..<25 {
      let own = graph.scores([Int32(item)]).filter { $0 != 0 }
      #expect(graph.heaviestArc(from: Int32(item)) == own.max() ?? 0)
    }
  }

  @Test func `lists of some queries are exchanged, and items get other names`() throws {
    let graph = randomGraph(items: 20, each: 6, seed: 8)
    let histories = SparseRows((0..<5).map { [Int32($0)] })
    let lists = try graph.recommend(histories, k: 4, excluding: nil, pool: Self.pool)
    let short = try graph.recommend(
      SparseRows([[7], [9]]), k: 2, excluding: nil, pool: Self.pool)
    let found = lists.replacing([3, 0], by: short)
    #expect(found.k == 4 && found.queries == 5)
    for (query, row) in [(3, 0), (0, 1)] {
      #expect(found[query].map(\.item) == short[row].map(\.item))
      #expect(found[query].map(\.score) == short[row].map(\.score))
    }
    for query in [1, 2, 4] { #expect(found[query].map(\.item) == lists[query].map(\.item)) }
    let names = (0..<Int32(20)).map { 100 - $0 }
    let renamed = lists.renamed(names)
    for query in 0..<5 {
      #expect(renamed[query].map(\.item) == lists[query].map { names[Int($0.item)] })
    }
    #expect(RankedItems.empty(queries: 3)[2].isEmpty)
  }

  @Test func `similar items are those of the heaviest arcs, without the item itself`() throws {
    let arcs = SparseRows(
      offsets: [0, 4, 4, 5, 5], indices: [0, 1, 2, 3, 1], values: [9, 0.5, 2, -1, 1])
    let graph = ItemGraph(arcs: arcs)
    let near = try graph.similar(to: 0, k: 3)
    #expect(near.items == [2, 1, -1])
    #expect(near.scores.prefix(2) == [2, 0.5])
    #expect(try graph.similar(to: 3, k: 1).items == [-1])
  }
}

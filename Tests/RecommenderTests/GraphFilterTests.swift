// The graph filter against its definition in double precision, its bounds, and its search.
import Foundation
import NumericCore
import TestSupport
import Testing

@testable import Recommender

/// Random pairs, some of them more than once.
private func randomPairs(users: Int, items: Int, count: Int, seed: UInt64) throws -> Interactions {
  var generator = SeededGenerator(seed: seed)
  let pairs = (0..<count).map { _ in
    (
      Int32.random(in: 0..<Int32(users), using: &generator),
      Int32.random(in: 0..<Int32(items), using: &generator)
    )
  }
  return try Interactions(
    users: pairs.map(\.0), items: pairs.map(\.1), userCount: users, itemCount: items)
}

/// A configuration without anything left open.
private func given(_ user: Double, _ item: Double, _ entry: Double) -> GraphFilterConfiguration {
  var configuration = GraphFilterConfiguration()
  (configuration.userExponent, configuration.itemExponent) = (user, item)
  configuration.entryPower = entry
  return configuration
}

/// The weight of each two items by the definition.
private func weights(
  _ data: Interactions, _ user: Double, _ item: Double, _ entry: Double
) -> [[Double]] {
  (0..<data.items).map { i in
    (0..<data.items).map { j in
      let common = Set(data.byItem[i]).intersection(data.byItem[j])
      guard i != j, !common.isEmpty else { return 0 }
      let sum = common.reduce(0.0) { $0 + pow(Double(data.byUser[Int($1)].count), -user) }
      let degrees = Double(data.byItem[i].count * data.byItem[j].count)
      return pow(sum * pow(degrees, -item), entry)
    }
  }
}

@Suite(.onOwnThread) struct GraphFilterTests {
  static let pool = WorkerPool(threads: 3)

  @Test(
    arguments: [(1, 1, 1), (1, 9, 6), (9, 1, 5), (20, 30, 100), (7, 300, 400)],
    [(1, 0.5, 1), (0.6, 0.1, 1.3), (0, 0, 0.5)])
  func `arcs are those of the definition`(
    shape: (users: Int, items: Int, count: Int), exponents: (Double, Double, Double)
  ) throws {
    let data = try randomPairs(
      users: shape.users, items: shape.items, count: shape.count, seed: UInt64(shape.count))
    let model = try GraphFilter.fit(
      data, configuration: given(exponents.0, exponents.1, exponents.2), seed: 1, pool: Self.pool)
    let expected = weights(data, exponents.0, exponents.1, exponents.2)
    for item in 0..<shape.items {
      let found = model.graph.scores([Int32(item)])
      #expect(
        model.graph.arcs[item].map(Int.init)
          == (0..<shape.items).filter { expected[item][$0] > 0 })
      for (found, expected) in zip(found, expected[item]) {
        #expect(abs(Double(found) - expected) <= 1e-5 * max(1, expected))
      }
    }
  }

  @Test func `an item with too many neighbours keeps the nearest ones`() throws {
    let data = try randomPairs(users: 15, items: 40, count: 200, seed: 4)
    var configuration = given(1, 0.5, 0.7)
    configuration.neighbours = 6
    let model = try GraphFilter.fit(data, configuration: configuration, seed: 1, pool: Self.pool)
    let all = try GraphFilter.fit(data, configuration: given(1, 0.5, 0.7), seed: 1, pool: Self.pool)
    for item in 0..<40 {
      let weights = all.graph.scores([Int32(item)])
      let nearest = (0..<40).filter { weights[$0] > 0 }
        .sorted { (weights[$0], -$0) > (weights[$1], -$1) }.prefix(6)
      let kept = model.graph.arcs[item].map { weights[Int($0)] }.sorted(by: >)
      // Rounding may order equal ones in another way.
      for (found, expected) in zip(kept, nearest.map { weights[$0] }) {
        #expect(abs(found - expected) < 1e-5)
      }
      #expect(kept.count == nearest.count)
    }
  }

  @Test func `arcs stay within the bytes that are allowed`() throws {
    let data = try randomPairs(users: 15, items: 40, count: 200, seed: 4)
    var configuration = given(1, 0.5, 1)
    configuration.mostBytes = 40 * 8 * 3 + 100
    let model = try GraphFilter.fit(data, configuration: configuration, seed: 1, pool: Self.pool)
    #expect((0..<40).allSatisfy { model.graph.arcs[$0].count <= 3 })
    #expect(model.graph.arcs.indices.count * 8 <= configuration.mostBytes)
    configuration.mostBytes = 40 * 8 - 1
    #expect(
      throws: RecommenderError.tooLarge(what: "the graph of 40 items", bytes: 320, most: 319)
    ) { try GraphFilter.fit(data, configuration: configuration, seed: 1, pool: Self.pool) }
  }

  @Test func `the search and the graph do not depend on threads`() throws {
    let data = try twoTastes(users: 300, items: 200, each: 7, seed: 3)
    let models = try [1, 4].map {
      try GraphFilter.fit(data, seed: 5, pool: WorkerPool(threads: $0))
    }
    #expect(models[0] == models[1])
    #expect(models[0].configuration.userExponent != nil)
    let lists = try [1, 4].map {
      try models[0].graph.recommend(
        data.byUser, k: 5, excluding: data.byUser, pool: WorkerPool(threads: $0))
    }
    #expect(lists[0] == lists[1])
    #expect(shareOfOwnKind(lists[0]) > 0.8)
  }

  @Test func `the search keeps what is given and finds what is not worse than its start`() throws {
    let data = try twoTastes(users: 300, items: 200, each: 7, seed: 3)
    var configuration = GraphFilterConfiguration()
    configuration.itemExponent = 0.25
    let found = try configuration.completed(for: data, seed: 5, pool: Self.pool)
    #expect(found.itemExponent == 0.25)
    #expect(found.userExponent != nil && found.entryPower != nil)
    let validation = try #require(
      try HiddenItems(data, users: 10_000, interactions: 100_000, seed: 5))
    let scores = try [found, given(1, 0.25, 0.7)].map { tried in
      let graph = try GraphFilter.graph(validation.rest, tried, pool: Self.pool)
      return try validation.gains { histories, k in
        try graph.recommend(histories, k: k, excluding: histories, pool: Self.pool)
      }
    }
    #expect(scores[0].reduce(0, +) >= scores[1].reduce(0, +))
  }

  @Test func `pairs that are given twice count once`() throws {
    let users: [Int32] = [0, 0, 1, 1, 2, 2]
    let items: [Int32] = [0, 1, 1, 2, 0, 2]
    let once = try Interactions(users: users, items: items, userCount: 3, itemCount: 3)
    let twice = try Interactions(
      users: users + users, items: items + items, userCount: 3, itemCount: 3)
    let models = try [once, twice].map {
      try GraphFilter.fit($0, configuration: given(1, 0.5, 1), seed: 1, pool: Self.pool)
    }
    #expect(models[0] == models[1])
  }

  @Test func `one user, one item, a user with everything, and nothing at all`() throws {
    let single = try Interactions(users: [0], items: [0], userCount: 1, itemCount: 1)
    #expect(try GraphFilter.fit(single, seed: 1, pool: Self.pool).graph.arcs.indices.isEmpty)
    let everything = try Interactions(
      users: [0, 0, 0, 1], items: [0, 1, 2, 0], userCount: 3, itemCount: 3)
    let model = try GraphFilter.fit(everything, seed: 1, pool: Self.pool)
    let lists = try model.graph.recommend(
      everything.byUser, k: 3, excluding: everything.byUser, pool: Self.pool)
    #expect(lists[0].isEmpty)
    #expect(Set(lists[1].map(\.item)) == [1, 2])
    #expect(lists[2].isEmpty)
    let empty = try Interactions(users: [], items: [], userCount: 2, itemCount: 2)
    #expect(throws: RecommenderError.noInteractions) {
      try GraphFilter.fit(empty, seed: 1, pool: Self.pool)
    }
  }

  @Test func `settings out of their ranges are refused, and others survive JSON`() throws {
    let data = try randomPairs(users: 5, items: 5, count: 10, seed: 1)
    for key in [\GraphFilterConfiguration.userExponent, \.itemExponent, \.entryPower] {
      var configuration = GraphFilterConfiguration()
      configuration[keyPath: key] = -1
      #expect(throws: RecommenderError.self) {
        try GraphFilter.fit(data, configuration: configuration, seed: 1, pool: Self.pool)
      }
      configuration[keyPath: key] = 0.5
      let text = try JSONEncoder().encode(configuration)
      #expect(
        try JSONDecoder().decode(GraphFilterConfiguration.self, from: text) == configuration)
    }
    var configuration = GraphFilterConfiguration()
    configuration.neighbours = 0
    #expect(
      throws: RecommenderError.parameterOutOfRange(
        name: "neighbours", found: "0", expected: "a whole number from 1 to 1000000")
    ) { try configuration.validated() }
  }
}

// EASE on neighbours against EASE, against its definition, and in bounded memory.
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct NeighbourhoodEASETests {
  static let pool = WorkerPool(threads: 3)

  private static func configuration(
    _ lambda: Double?, neighbours: Int = 300
  ) -> NeighbourhoodEASEConfiguration {
    var configuration = NeighbourhoodEASEConfiguration()
    configuration.lambda = lambda
    configuration.neighbours = neighbours
    return configuration
  }

  @Test(arguments: [1, 2, 20, 45])
  func `with all items as neighbours it is EASE`(items: Int) throws {
    // Everybody takes enough that all items have users in common.
    let data = try Interactions(
      users: (0..<12 * items).map { Int32($0 % 12) },
      items: (0..<12 * items).map { Int32(($0 * $0 / 3 + $0 / 12) % items) },
      userCount: 12, itemCount: items)
    let extra = try Interactions(
      users: (0..<12).flatMap { user in data.byUser[user].map { _ in Int32(user) } }
        + (0..<items).map { _ in 12 },
      items: data.byUser.indices + (0..<Int32(items)), userCount: 13, itemCount: items)
    var dense = EASEConfiguration()
    dense.lambda = 3
    let expected = try EASE.fit(extra, configuration: dense, pool: Self.pool).weights
    let found = try NeighbourhoodEASE.fit(
      extra, configuration: Self.configuration(3), seed: 1, pool: Self.pool)
    for item in 0..<items {
      for (found, expected) in zip(found.graph.scores([Int32(item)]), expected.row(item)) {
        #expect(abs(found - expected) < 1e-4)
      }
    }
  }

  @Test(arguments: [1, 4, 10])
  func `weights solve the equations of the nearest neighbours`(neighbours: Int) throws {
    let data = try twoTastes(users: 40, items: 30, each: 6, seed: 2)
    let model = try NeighbourhoodEASE.fit(
      data, configuration: Self.configuration(2, neighbours: neighbours), seed: 1, pool: Self.pool)
    func common(_ i: Int, _ j: Int) -> Double {
      Double(Set(data.byItem[i]).intersection(data.byItem[j]).count)
    }
    let byTarget = model.graph.arcs.transposed(columns: 30)
    for item in 0..<30 {
      let chosen = byTarget[item].map(Int.init)
      let cosines = (0..<30).filter { $0 != item && common(item, $0) > 0 }
        .map { common(item, $0) / common($0, $0).squareRoot() }.sorted(by: >)
      #expect(chosen.count == min(neighbours, cosines.count))
      let kept = chosen.map { common(item, $0) / common($0, $0).squareRoot() }.sorted(by: >)
      #expect(zip(kept, cosines).allSatisfy { abs($0 - $1) < 1e-6 })
      let matrix = chosen.map { i in chosen.map { j in common(i, j) + (i == j ? 2 : 0) } }
      let expected = BaselineTests.solve(matrix, chosen.map { common(item, $0) })
      let places = byTarget.offsets[item]..<byTarget.offsets[item + 1]
      for (place, expected) in zip(places, expected) {
        #expect(abs(Double(byTarget.values?[place] ?? .nan) - expected) < 1e-4)
      }
    }
  }

  @Test func `the penalty is searched, and nothing depends on threads`() throws {
    let data = try twoTastes(users: 200, items: 100, each: 7, seed: 3)
    let models = try [1, 4].map {
      try NeighbourhoodEASE.fit(data, seed: 5, pool: WorkerPool(threads: $0))
    }
    #expect(models[0] == models[1])
    #expect((models[0].configuration.lambda ?? 0) >= 3)
    let lists = try models[0].graph.recommend(
      data.byUser, k: 5, excluding: data.byUser, pool: Self.pool)
    #expect(shareOfOwnKind(lists) > 0.8)
  }

  @Test(arguments: [1, 2, 5])
  func `counts that memory has no room for leave systems that can be solved`(
    counts: Int
  ) throws {
    let data = try twoTastes(users: 60, items: 40, each: 12, seed: 4)
    var configuration = Self.configuration(1e-3)
    configuration.mostBytes = 40 * 8 * 2 * counts
    let model = try NeighbourhoodEASE.fit(
      data, configuration: configuration, seed: 1, pool: Self.pool)
    #expect(model.graph.arcs.values?.allSatisfy { $0.isFinite && abs($0) <= 1.5 } == true)
    #expect(model.graph.arcs.indices.count <= 40 * counts)
    configuration.mostBytes = 40 * 8 - 1
    #expect(throws: RecommenderError.self) {
      try NeighbourhoodEASE.fit(data, configuration: configuration, seed: 1, pool: Self.pool)
    }
  }

  @Test func `one user, one item, a penalty of 0, and nothing at all`() throws {
    let single = try Interactions(users: [0], items: [0], userCount: 1, itemCount: 1)
    let model = try NeighbourhoodEASE.fit(single, seed: 1, pool: Self.pool)
    #expect(model.graph.arcs.indices.isEmpty)
    let pair = try Interactions(users: [0, 0], items: [0, 1], userCount: 1, itemCount: 3)
    let weights = try NeighbourhoodEASE.fit(
      pair, configuration: Self.configuration(1), seed: 1, pool: Self.pool
    ).graph.arcs
    #expect(weights == SparseRows(offsets: [0, 1, 2, 2], indices: [1, 0], values: [0.5, 0.5]))
    #expect(throws: RecommenderError.self) {
      try NeighbourhoodEASE.fit(
        pair, configuration: Self.configuration(0), seed: 1, pool: Self.pool)
    }
    let empty = try Interactions(users: [], items: [], userCount: 2, itemCount: 2)
    #expect(throws: RecommenderError.noInteractions) {
      try NeighbourhoodEASE.fit(empty, seed: 1, pool: Self.pool)
    }
  }
}

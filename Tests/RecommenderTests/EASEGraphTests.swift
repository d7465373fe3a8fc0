// EASE as a graph beside its whole matrix.
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct EASEGraphTests {
  private let pool = WorkerPool(threads: 3)

  @Test(arguments: [1, 3, 39, 100])
  func `an item keeps its weights of greatest size`(most: Int) throws {
    let data = try twoTastes(users: 80, items: 40, each: 6, seed: 4)
    let model = try EASE.fit(data, pool: pool)
    let graph = model.graph(arcs: most, pool: pool)
    #expect(graph == model.graph(arcs: most, pool: WorkerPool(threads: 1)))
    for item in 0..<40 {
      let row = model.weights.row(item).map { $0 }
      let expected = (0..<40).filter { row[$0] != 0 }
        .sorted { (abs(row[$0]), -$0) > (abs(row[$1]), -$1) }.prefix(most).sorted()
      #expect(graph.arcs[item].map(Int.init) == expected)
      for other in expected {
        #expect(graph.score(of: Int32(other), for: [Int32(item)]) == row[other])
      }
    }
  }

  @Test func `with all weights the lists are those of the matrix, as far as scores are above 0`()
    throws
  {
    let data = try twoTastes(users: 60, items: 30, each: 5, seed: 9)
    let model = try EASE.fit(data, pool: pool)
    let own = try model.recommend(data.byUser, k: 6, excluding: data.byUser, pool: pool)
    let found = try model.graph(arcs: 30, pool: pool).recommend(
      data.byUser, k: 6, excluding: data.byUser, pool: pool)
    for user in 0..<60 {
      let expected = own[user].filter { $0.score > 1e-6 }
      #expect(found[user].prefix(expected.count).map(\.item) == expected.map(\.item))
    }
  }
}

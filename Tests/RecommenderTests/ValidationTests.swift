// The validation part of searches, and the searches over it.
import NumericCore
import TestSupport
import Testing

@testable import Recommender

private struct Point: Equatable {
  var x: Double?
  var y: Double?
}

@Suite(.onOwnThread) struct ValidationTests {
  private static var parameters: [SearchedParameter<Point>] {
    [
      SearchedParameter(field: \Point.x, values: [0, 1, 2, 3]),
      SearchedParameter(field: \Point.y, values: [0, 1, 2, 3]),
    ]
  }

  @Test func `what is hidden and what is left are all interactions`() throws {
    let data = try twoTastes(users: 90, items: 60, each: 9, seed: 1)
    let validation = try #require(try HiddenItems(data, users: 30, interactions: 10_000, seed: 2))
    #expect(validation.users.count == 30)
    #expect(validation.users == validation.users.sorted())
    for (row, user) in validation.users.enumerated() {
      let (all, kept) = (Array(data.byUser[user]), Array(validation.kept[row]))
      #expect(Array(validation.rest.byUser[user]) == kept)
      #expect(Set(kept).isSubset(of: all))
      #expect(all.count - kept.count == max(1, all.count / 5))

    }
    let hidden = validation.users.enumerated().map { row, user in
      Array(Set(data.byUser[user]).subtracting(validation.kept[row]))
    }
    let right = validation.gains { _, k in
      RankedItems(
        k: k, items: hidden.flatMap { $0 + Array(repeating: -1, count: k - $0.count) }, scores: [])
    }
    #expect(right == Array(repeating: 1, count: 30))
    let wrong = validation.gains { histories, k in
      RankedItems(
        k: k,
        items: (0..<histories.rows).flatMap {
          Array(histories[$0]) + Array(repeating: -1, count: k - histories[$0].count)
        }, scores: [])
    }
    #expect(wrong == Array(repeating: 0, count: 30))
    for user in Set(0..<90).subtracting(validation.users) {
      #expect(validation.rest.byUser[user] == data.byUser[user])
    }
  }

  @Test func `users with one item hide nothing, and the most interactions are a bound`() throws {
    let single = try Interactions(users: [0, 1], items: [0, 0], userCount: 2, itemCount: 1)
    #expect(try HiddenItems(single, users: 10, interactions: 10, seed: 1) == nil)
    let data = try twoTastes(users: 50, items: 60, each: 9, seed: 1)
    let few = try #require(try HiddenItems(data, users: 50, interactions: 60, seed: 1))
    #expect(few.users.reduce(0) { $0 + data.byUser[$1].count } <= 60)
    #expect(
      try #require(try HiddenItems(data, users: 50, interactions: 1, seed: 1)).users.count == 1)
  }

  @Test func `a search goes to the best values, and keeps those that are given`() {
    func score(_ point: Point) -> [Double] {
      let (x, y) = (point.x ?? 0, point.y ?? 0)
      return Array(repeating: -(x - 2) * (x - 2) - (y - 1) * (y - 1) - x * y / 4, count: 9)
    }
    let start = Point(x: 0, y: 3)
    #expect(
      searchCoordinates(from: start, given: Point(), Self.parameters, rounds: 3, score: score)
        == Point(x: 2, y: 1))
    #expect(
      searchCoordinates(
        from: Point(x: 0, y: 3), given: Point(y: 3), Self.parameters, rounds: 3, score: score)
        == Point(x: 2, y: 3))
    #expect(
      searchCoordinates(from: start, given: Point(), Self.parameters, rounds: 3) { _ in [0, 0] }
        == start)
  }

  @Test func `a search does not follow differences that chance explains`() {
    func score(_ point: Point) -> [Double] {
      let x = point.x ?? 0
      return [1, 0.1, -1, 0.5, -0.5].map { $0 * x }
    }
    let found = searchCoordinates(
      from: Point(x: 1, y: 1), given: Point(), Self.parameters, rounds: 3, score: score)
    #expect(found == Point(x: 1, y: 1))
  }
}

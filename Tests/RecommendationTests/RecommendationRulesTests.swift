// Filters, exclusions, caps, baskets, reasons and fallbacks through a predictor, and its files of
// lists, against the whole ranking of the same predictor.
import Foundation
import NumericCore
import Recommender
import Storage
import Tables
import TestSupport
import Testing

@testable import LearningTasks
@testable import Recommendation

@Suite(.onOwnThread) struct RecommendationRulesTests {
  private let shop: RecommenderShop
  private let model: String
  private let service: RecommenderPredictor

  init() throws {
    shop = try RecommenderShop()
    // One item has no price, and one was never taken.
    let items = (0...RecommenderShop.items).map { item in
      "i\(item),\(["toys", "books"][item % 2]),\(item == 4 ? "" : "\(item * 10)")\n"
    }
    let table = try shop.file("items.csv", "item,line,price\n" + items.joined())
    model = try shop.train {
      $0.data.items = table
      $0.model.epochs = 20
    }.model
    service = try RecommenderPredictor(folder: model, pool: WorkerPool(threads: 2))
  }

  private func list(
    _ user: RecommendationQuery.User = .user("u0"), k: Int = 4, includesSeen: Bool = true,
    _ change: (inout RecommendationQuery) -> Void = { _ in }
  ) throws -> [RecommendedItem] {
    var query = RecommendationQuery(user, k: k, includesSeen: includesSeen)
    change(&query)
    return try service.predict(query)
  }

  @Test func `a filtered list is the whole ranking without the other items`() throws {
    let whole = try list(k: 100)
    let cases: [(filter: String, items: [Int])] = [
      ("line = toys", [0, 2, 4, 6, 8, 10, 12]), ("price < 50", [0, 1, 2, 3]),
      ("line = books and price between 30 and 70", [3, 5, 7]), ("price = 90", [9]),
      ("line = sweets", []),
    ]
    for (filter, items) in cases {
      let names = items.map { "i\($0)" }
      let expected = whole.filter { names.contains($0.id) }
      #expect(try list(k: 3) { $0.rules.filter = filter } == Array(expected.prefix(3)), "\(filter)")
    }
    let unseen = try list(k: 100, includesSeen: false)
    #expect(
      try list(k: 100, includesSeen: false) { $0.rules.filter = "line = toys" }
        == unseen.filter { (Int($0.id.dropFirst()) ?? 1) % 2 == 0 })
  }

  @Test func `excluded items are never recommended, and unknown ones have no effect`() throws {
    let whole = try list(k: 100)
    let excluded = whole.prefix(2).map(\.id) + ["i999"]
    #expect(
      try list(k: 3) { $0.rules.excluded = excluded } == Array(whole.dropFirst(2).prefix(3)))
    let path = try shop.file("out.csv", "Item\n" + excluded.joined(separator: "\n") + "\n")
    #expect(
      try service.items(TableSource(location: path), context: shop.context) == excluded)
  }

  @Test func `a list has no more items of a category than it may`() throws {
    let whole = try list(k: 100)
    func line(_ item: RecommendedItem) -> Int { (Int(item.id.dropFirst()) ?? 0) % 2 }
    var counts = [0, 0]
    let expected = whole.filter { item in
      counts[line(item)] += 1
      return counts[line(item)] <= 2
    }
    #expect(try list(k: 10) { $0.rules.perCategory = 2 } == expected)
    // Every price is a category of its own, and an item without one belongs to none.
    #expect(
      try list(k: 100) {
        $0.rules.perCategory = 1
        $0.rules.category = "Price"
      } == whole)
    #expect(
      throws: RecommendationError.noCategory(
        name: "lin", known: ["line", "price"], suggestion: "line")
    ) {
      try list {
        $0.rules.perCategory = 1
        $0.rules.category = "lin"
      }
    }
    let changes: [(inout RecommendationQuery) -> Void] = [
      { $0.rules.perCategory = 0 }, { $0.rules.diversity = 1.5 }, { $0.rules.diversity = .nan },
    ]
    for change in changes {
      #expect {
        _ = try list(.user("u0"), k: 3, includesSeen: true, change)
      } throws: {
        guard case RecommendationError.ruleOutOfRange? = $0 as? RecommendationError else {
          return false
        }
        return true
      }
    }
  }

  @Test func `diverse lists begin with the best item and keep the scores`() throws {
    let whole = try list(k: 100)
    let diverse = try list(k: 5) { $0.rules.diversity = 0.7 }
    #expect(diverse.first == whole.first && Set(diverse.map(\.id)).count == 5)
    for item in diverse { #expect(whole.contains(item)) }
    #expect(try list(k: 5) { $0.rules.diversity = 0 } == Array(whole.prefix(5)))
  }

  @Test func `a basket is answered under the same rules, without its own items`() throws {
    let basket = try list(.items(["i0", "i2"]), k: 3, includesSeen: false) {
      $0.rules.filter = "line = toys"
    }
    #expect(basket.count == 3)
    for item in basket {
      let number = try #require(Int(item.id.dropFirst()))
      #expect(number % 2 == 0 && number != 0 && number != 2)
    }
  }

  @Test func `reasons are the items taken that are most like the recommended one`() throws {
    for item in try list(k: 3, includesSeen: false, { $0.reasons = 2 }) {
      let reasons = try #require(item.because)
      let user = try #require(service.model.users.place(of: "u0"))
      let place = try #require(service.model.items.place(of: item.id))
      let vectors = service.model.itemVectors
      var expected: [(id: String, product: Double)] = []
      for taken in service.model.seen[user] where Int(taken) != place {
        let pairs = zip(vectors.row(place), vectors.row(Int(taken)))
        let product = pairs.reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        if product > 0 { expected.append((service.model.items.names[Int(taken)], product)) }
      }
      expected.sort { $0.product > $1.product }
      #expect(reasons.map(\.id) == expected.prefix(2).map(\.id))
      #expect(zip(reasons, expected).allSatisfy { $0.similarity == Float($1.product) })
    }
    #expect(try list().allSatisfy { $0.because == nil && $0.fallback == nil })
  }

  @Test func `popularity answers the unknown where it may, under the same rules`() throws {
    #expect(throws: RecommendationError.noSuchUser(id: "nobody")) { try list(.user("nobody")) }
    let counts = service.model.itemCounts
    let names = service.model.items.names
    let order = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
      .filter { counts[$0] > 0 && (Int(names[$0].dropFirst()) ?? 0) % 2 == 0 }
    let found = try list(.user("nobody"), k: 3) {
      $0.fallsBack = true
      $0.rules.filter = "line = toys"
    }
    #expect(found.map(\.id) == order.prefix(3).map { names[$0] })
    #expect(found.allSatisfy { $0.fallback == "popularity" && 0 < $0.score && $0.score <= 1 })
    // A basket of which the model knows nothing is answered in the same way.
    #expect(
      try list(.items(["i999"]), k: 3) {
        $0.fallsBack = true
        $0.rules.filter = "line = toys"
      } == found)
    #expect(
      try list(k: 3) { $0.fallsBack = true } == list(k: 3), "a known user is answered by the model")
  }

  @Test func `the lists of all users are those of each user`() throws {
    let names = (0..<RecommenderShop.users).map { "u\($0)" } + ["nobody"]
    let users = try shop.file("users.csv", "User\n" + names.joined(separator: "\n") + "\n")
    var rules = ListRules()
    rules.filter = "price > 10"
    rules.perCategory = 2
    for output in ["lists.csv", "lists.parquet"] {
      let path = shop.folder.appending(output)
      let written = try RecommenderTask.recommend(
        model: model, users: TableSource(location: users), excluding: nil, k: 3,
        includesSeen: false, rules: rules, output: path, replaces: false, context: shop.context)
      #expect(written.users == names.count && written.fallbacks == 1)
      let table = try Table.read(from: path).table
      #expect(
        table.columns.map(\.name) == ["user", "rank", "item", "score", "fallback", "model_version"])
      #expect(table.rowCount == written.rows)
      var row = 0
      for name in names {
        let expected = try list(.user(name), k: 3, includesSeen: false) {
          $0.rules = rules
          $0.fallsBack = true
        }
        for (rank, item) in expected.enumerated() {
          #expect(table["user"]?.text(row: row) == name)
          #expect(table["rank"]?.text(row: row) == "\(rank + 1)")
          #expect(table["item"]?.text(row: row) == item.id)
          #expect(table["score"]?.text(row: row).flatMap(Float.init) == item.score)
          #expect(table["fallback"]?.text(row: row) == item.fallback)
          row += 1
        }
      }
      #expect(row == table.rowCount)
      #expect(throws: StorageError.exists(path: path)) {
        try RecommenderTask.recommend(
          model: model, users: TableSource(location: users), excluding: nil, k: 3,
          includesSeen: false, rules: rules, output: path, replaces: false, context: shop.context)
      }
    }
  }

  @Test func `the neighbours of all items are those of each item`() throws {
    let path = shop.folder.appending("near.jsonl")
    let written = try RecommenderTask.similarItems(
      model: model, k: 4, output: path, replaces: false, context: shop.context)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == written.rows && written.rows == written.items * 4)
    struct Line: Decodable {
      var item: String
      var rank: Int
      var similar: String
      var distance: Float

      enum CodingKeys: String, CodingKey {
        case item, rank, distance
        case similar = "similar_item"
      }
    }
    let rows = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    for item in Set(rows.map(\.item)) {
      let own = rows.filter { $0.item == item }
      #expect(own.map(\.rank) == [1, 2, 3, 4])
      #expect(
        try own.map { SimilarItem(id: $0.similar, distance: $0.distance) }
          == service.similar(to: item, k: 4))
    }
  }

  @Test func `rows of unknown users and items are counted and scored`() throws {
    let rows =
      RecommenderShop.rows(training: false) + RecommenderShop.row(90, 0)
      + RecommenderShop.row(90, 99) + RecommenderShop.row(1, 99)
    let test = try shop.file("test.csv", RecommenderShop.header + rows)
    let report = try RecommenderTask.evaluate(
      model: model, on: TableSource(location: test), context: shop.context)
    let unknown = try #require(report.unknown)
    #expect(unknown.rows == 3 && unknown.users == 1 && unknown.items == 1)
    // The known user's only item of these rows is in no list; of the unknown user's two items one
    // can be found, if it is among the most taken.
    let popular = try service.predict(
      {
        var query = RecommendationQuery(.user("nobody"), k: 3)
        query.fallsBack = true
        return query
      }())
    let found = popular.contains { $0.id == "i0" } ? 0.5 : 0
    #expect(unknown.metrics.users == 2 && unknown.metrics.recall == found / 2)
    let known = try RecommenderTask.evaluate(
      model: model,
      on: TableSource(
        location: try shop.file(
          "known.csv", RecommenderShop.header + RecommenderShop.rows(training: false))),
      context: shop.context)
    #expect(known.unknown == nil && known.metrics.ndcg == report.metrics.ndcg)
  }
}

// Questions to a trained recommender: new users by features, and records of activity.
import Foundation
import ModelFormats
import NumericCore
import Recommender
import Storage
import TestSupport
import Testing

@testable import LearningTasks
@testable import Recommendation

@Suite(.onOwnThread) struct RecommenderPredictorTests {
  private let shop: RecommenderShop
  private let service: RecommenderPredictor

  init() throws {
    shop = try RecommenderShop()
    let (model, _) = try shop.train { $0.model.epochs = 20 }
    service = try RecommenderPredictor(folder: model, pool: WorkerPool(threads: 2))
  }

  @Test(arguments: [[:], ["country": FeatureValue.text("Atlantis")], ["country": .number(5)]])
  func `a user of whom nothing is known is refused before anything is computed`(
    _ features: [String: FeatureValue]
  ) {
    #expect(throws: RecommendationError.nothingKnown) {
      try service.predict(RecommendationQuery(.features(features), k: 3, includesSeen: true))
    }
  }

  @Test func `one known feature is enough, by any spelling of its column`() throws {
    for features: [String: FeatureValue] in [
      ["country": .text(" france ")], ["Cred_it": .number(300)], ["CREDIT": .text("300")],
      ["country": .text("Atlantis"), "credit": .number(5)],
    ] {
      #expect(
        try service.predict(RecommendationQuery(.features(features), k: 3, includesSeen: true))
          .count == 3)
    }
    for bad in ["much", "nan", "inf"] {
      #expect {
        try service.predict(
          RecommendationQuery(.features(["credit": .text(bad)]), k: 3, includesSeen: true))
      } throws: {
        guard case RecommendationError.notANumber? = $0 as? RecommendationError else {
          return false
        }
        return true
      }
    }
  }

  @Test func `a feature beyond all scale is named, and no answer is made of it`() throws {
    #expect {
      try service.predict(
        RecommendationQuery(.features(["credit": .number(1e23)]), k: 3, includesSeen: true))
    } throws: {
      guard
        case RecommendationError.featureBeyondScale("user", "credit", nil, "1e+23", _)? =
          $0 as? RecommendationError
      else { return false }
      return true
    }
  }

  @Test func `identifiers are read as cells of tables are`() throws {
    let plain = try service.predict(RecommendationQuery(.user("u0"), k: 3, includesSeen: false))
    #expect(
      try service.predict(RecommendationQuery(.user(" u0\t"), k: 3, includesSeen: false)) == plain)
    #expect(try service.similar(to: " i0 ", k: 3) == service.similar(to: "i0", k: 3))
  }

  @Test func `more is asked than there is`() throws {
    #expect(try service.similar(to: "i0", k: 1_000).count == RecommenderShop.items - 1)
    #expect(
      try service.predict(RecommendationQuery(.user("u0"), k: 1_000, includesSeen: true)).count
        == RecommenderShop.items)
  }

  private func record(_ fields: String, history: [String] = ["i4", "zzz"]) throws -> StreamRecord {
    let products = history.map { #"{"product_code": "\#($0)", "quantity": "1"}"# }
    let text =
      #"{"session_id": "s", \#(fields) "browse_history": [\#(products.joined(separator: ","))]}"#
    return try #require(try StreamRecord.read(Array(text.utf8), source: "x").first)
  }

  /// The lists of an enriched record.
  private func lists(
    _ record: StreamRecord
  ) throws -> (recommended: [(String, Double)], product: JSONValue?, similar: [(String, Double)]) {
    func pairs(_ value: JSONValue?, _ number: String) throws -> [(String, Double)] {
      guard case .list(let items)? = value else {
        throw TaskError.cancelled
      }
      return try items.map { item in
        guard case .text(let id)? = item["id"], case .object(let fields) = item else {
          throw TaskError.cancelled
        }
        #expect(fields.count == 2)
        switch item[number] {
        case .number(let score)?: return (id, score)
        case .integer(let score)?: return (id, Double(score))
        default: throw TaskError.cancelled
        }
      }
    }
    let similar = record.fields["similar_items"]
    return (
      try pairs(record.fields["recommended_items"], "score"), similar?["product_code"],
      try pairs(similar?["similar_items"], "distance")
    )
  }

  @Test func `a record of a new customer is answered by features and history`() throws {
    let record = try record(
      #""customer_number": 4711, "country": "France", "credit": 1, "city": "Lyon","#)
    let enriched = try service.enriched(record)
    let (recommended, product, similar) = try lists(enriched)
    let expected = try service.predict(
      RecommendationQuery(
        .features(["country": .text("France")]), k: 5, includesSeen: true))
    #expect(recommended.map(\.0) == expected.map(\.id))
    #expect(zip(recommended, expected).allSatisfy { Float($0.1) == $1.score })
    // The other product of the history is none of the model's.
    #expect(product == .text("i4"))
    let near = try service.similar(to: "i4", k: 5)
    #expect(similar.map(\.0) == near.map(\.id) && similar.count == 5)
    #expect(zip(similar, near).allSatisfy { Float($0.1) == $1.distance })
    var rest = enriched.fields
    (rest["recommended_items"], rest["similar_items"]) = (nil, nil)
    #expect(rest == record.fields)
    #expect(try service.enriched(record) == enriched)
    #expect(try service.enriched(enriched) == enriched)
  }

  @Test func `a record of a known customer leaves out what was taken`() throws {
    let enriched = try service.enriched(record(#""customer_number": "u3","#), k: 3)
    let expected = try service.predict(RecommendationQuery(.user("u3"), k: 3, includesSeen: false))
    #expect(try lists(enriched).recommended.map(\.0) == expected.map(\.id))
  }

  @Test(arguments: [[], ["zzz"]])
  func `without a known product the list of similar items is empty`(history: [String]) throws {
    let enriched = try service.enriched(
      record(#""country": "Chile","#, history: history))
    let (recommended, product, similar) = try lists(enriched)
    #expect(recommended.count == 5 && similar.isEmpty)
    #expect(product == history.first.map { .text($0) } ?? .null)
  }

  @Test func `a record of a customer of whom nothing is known is refused`() throws {
    for fields in ["", #""customer_number": 7, "country": "Atlantis", "city": null,"#] {
      #expect(throws: RecommendationError.nothingKnown) {
        try service.enriched(record(fields))
      }
    }
  }
}

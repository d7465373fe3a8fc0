// Records of a stream: what comes in goes out again, with recommendations.

import Foundation
import TestSupport
import Testing

@testable import LearningTasks
@testable import Recommendation

@Suite(.onOwnThread) struct StreamRecordTests {
  private static let event = """
    {
        "session_id": "0c1d8f5e-2f5a-4c37-9a43-7f6b8f0f3a11",
        "customer_number": 212,
        "city": "Lyon \\"{Nord}\\"",
        "country": "France",
        "credit_limit": 40250.5,
        "browse_history": [
            {"product_code": "T10_01", "quantity": "2", "in_shopping_cart": true},
            {"product_code": "T10_02", "quantity": 1, "in_shopping_cart": false, "color": null},
            {"product_code": "T20_07"}
        ],
        "event_time": "2031-05-06T07:08:09Z",
        "device": {"kind": "phone", "sizes": [1, 2.5, -3], "big": 9007199254740993}
    }
    """

  private func record(_ text: String = event) throws -> StreamRecord {
    try #require(try StreamRecord.read(Array(text.utf8), source: "x").first)
  }

  private let recommended = [
    ScoredItem(id: "T90_01", score: 0.75), ScoredItem(id: "T90_02", score: 0.5),
  ]
  private let near = [NearItem(id: "T80_01", distance: 0.25), NearItem(id: "T80_02", distance: 1)]

  @Test func `a record is understood`() throws {
    let record = try record()
    #expect(record.customer == "212")
    #expect(
      record.features == [
        "city": .text("Lyon \"{Nord}\""), "country": .text("France"),
        "credit_limit": .number(40250.5),
      ])
    #expect(
      record.browseHistory == [
        .init(productCode: "T10_01", quantity: 2, isInShoppingCart: true),
        .init(productCode: "T10_02", quantity: 1, isInShoppingCart: false),
        .init(productCode: "T20_07", quantity: nil, isInShoppingCart: nil),
      ])
  }

  @Test func `an enriched record is the event with two more fields`() throws {
    let event = try record()
    let enriched = event.enriched(
      recommendedItems: recommended, similarTo: "T10_02", similarItems: near)
    let found = try JSONSerialization.jsonObject(with: Data(try enriched.encoded()))
    var expected = try #require(
      try JSONSerialization.jsonObject(with: Data(Self.event.utf8)) as? [String: Any])
    expected["recommended_items"] = [
      ["id": "T90_01", "score": 0.75], ["id": "T90_02", "score": 0.5],
    ]
    expected["similar_items"] =
      [
        "product_code": "T10_02",
        "similar_items": [
          ["id": "T80_01", "distance": 0.25], ["id": "T80_02", "distance": 1],
        ],
      ] as [String: Any]
    #expect(NSDictionary(dictionary: expected).isEqual(found))
    #expect(try record(String(decoding: enriched.encoded(), as: UTF8.self)) == enriched)
  }

  @Test func `the text of an enriched record has sorted keys and its numbers unchanged`() throws {
    let event = #"{"z":9007199254740993,"browse_history":[],"a":"ü/\n"}"#
    let enriched = try record(event).enriched(
      recommendedItems: [ScoredItem(id: "x", score: 0.7991661648934496)], similarTo: nil,
      similarItems: [])
    #expect(
      String(decoding: try enriched.encoded(), as: UTF8.self)
        == #"{"a":"ü/\n","browse_history":[],"recommended_items":"#
        + #"[{"id":"x","score":0.7991661648934496}],"#
        + #""similar_items":{"product_code":null,"similar_items":[]},"z":9007199254740993}"# + "\n")
  }

  @Test func `new recommendations replace old ones`() throws {
    let first = try record().enriched(
      recommendedItems: recommended, similarTo: "T10_01", similarItems: near)
    let second = first.enriched(recommendedItems: [], similarTo: "T20_07", similarItems: [])
    #expect(
      try second == record().enriched(recommendedItems: [], similarTo: "T20_07", similarItems: []))
  }

  @Test func `the draw repeats, follows the seed, and reaches every product`() throws {
    let record = try record()
    var drawn: Set<String?> = []
    for seed: UInt64 in 0..<50 {
      let product = try record.drawnProduct(seed: seed)
      #expect(try record.drawnProduct(seed: seed) == product)
      drawn.insert(product)
    }
    #expect(drawn == ["T10_01", "T10_02", "T20_07"])
    let others = try (0..<50).map { number in
      let text = Self.event.replacing("212", with: "\(number)")
      return try self.record(text).drawnProduct(seed: 42)
    }
    #expect(Set(others) == drawn)
    #expect(try self.record(#"{"browse_history":[]}"#).drawnProduct(seed: 1) == nil)
  }

  @Test(arguments: ["", "\n", " \r\n\t", "\n\n"])
  func `records may be joined by white space or by nothing`(separator: String) throws {
    let line = #"{"browse_history":[],"text":"}{\\\"}","n":1}"#
    let text = [Self.event, line, Self.event].joined(separator: separator) + separator
    let records = try StreamRecord.read(Array(text.utf8), source: "x")
    #expect(try records == [record(), record(line), record()])
    #expect(records[1].fields["text"] == .text("}{\\\"}"))
  }

  @Test func `a text without records has none`() throws {
    #expect(try StreamRecord.read(Array(" \n".utf8), source: "x").isEmpty)
  }

  @Test(arguments: [
    (#"[{"browse_history":[]}]"#, "something else at byte 22"),
    (#"{"browse_history":[]"#, "does not end"),
    (#"{"browse_history":[],"a":"}"#, "does not end"),
    (#"{"browse_history":[],"a":"\"#, "does not end"),
    (#"{"browse_history":[] "a":1}"#, "no JSON"),
    (#"{"browse_history":[],"a":tru}"#, "no JSON"),
    (#"{}"#, "no browse_history"),
    (#"{"browse_history":{}}"#, "another browse_history"),
    (#"{"browse_history":[{"product_code":"a"},{"product_code":7}]}"#, "element 2"),
    (#"{"browse_history":[],"customer_number":[1]}"#, "another customer_number"),
  ])
  func `a record that is none is named by its number`(text: String, found: String) {
    #expect {
      try StreamRecord.read(Array((#"{"browse_history":[]}"# + text).utf8), source: "s3://b/k")
    } throws: { error in
      guard case .badStreamRecord("s3://b/k", 2, _, _)? = error as? RecommendationError else {
        return false
      }
      return "\(error)".contains(found)
    }
  }

  @Test func `a customer may be a string, and decoding as JSON works as well`() throws {
    let text = #"{"browse_history":[],"customer_number":"007"}"#
    let decoded = try JSONDecoder().decode(StreamRecord.self, from: Data(text.utf8))
    #expect(decoded.customer == "007")
    #expect(try record(text) == decoded)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(StreamRecord.self, from: Data("{}".utf8))
    }
  }
}

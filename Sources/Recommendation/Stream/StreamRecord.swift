// One record of a stream of user activity: who looked at what, and, once a recommender has seen it,
// what it recommends. Fields that are not ours pass through as they came.
package import LearningTasks
internal import NumericCore
internal import Texts

/// An item with its score; higher is better.
package struct ScoredItem: Codable, Sendable, Equatable {
  /// The item.
  package var id: String
  /// How well it fits.
  package var score: Double

  /// Creates an item.
  package init(id: String, score: Double) {
    self.id = id
    self.score = score
  }
}

/// An item with its distance from another one; lower is nearer.
package struct NearItem: Codable, Sendable, Equatable {
  /// The item.
  package var id: String
  /// How far away it is.
  package var distance: Double

  /// Creates an item.
  package init(id: String, distance: Double) {
    self.id = id
    self.distance = distance
  }
}

/// A JSON object about the activity of one customer.
package struct StreamRecord: Sendable, Equatable {
  /// A product that the customer looked at.
  package struct BrowsedProduct: Sendable, Equatable {
    /// The product.
    package var productCode: String
    /// How many the customer wanted; nil where the record does not say.
    package var quantity: Int?
    /// Whether it was put into the shopping cart; nil where the record does not say.
    package var isInShoppingCart: Bool?
  }

  /// The names of the fields that are ours.
  private enum Field {
    static let history = "browse_history"
    static let product = "product_code"
    static let recommended = "recommended_items"
    static let similar = "similar_items"
  }

  /// All fields by name.
  package let fields: [String: JSONValue]
  /// The customer's identifier, written as a number or as a string.
  package let customer: String?
  /// What is known of the customer: `city`, `country` and `credit_limit`, as far as present.
  package let features: [String: JSONValue]
  /// The products that the customer looked at, in their order; a repeated one is repeated.
  package let browseHistory: [BrowsedProduct]

  /// Understands the fields of a record.
  ///
  /// - Throws: `StreamRecordProblem`.
  init(fields: [String: JSONValue]) throws(StreamRecordProblem) {
    self.fields = fields
    customer = try Self.identifier(in: fields)
    features = fields.filter { ["city", "country", "credit_limit"].contains($0.key) }
    guard case .list(let products)? = fields[Field.history] else {
      throw StreamRecordProblem(
        found: fields[Field.history] == nil ? "no \(Field.history)" : "another \(Field.history)",
        expected: "a list of objects")
    }
    var history: [BrowsedProduct] = []
    for (index, product) in products.enumerated() {
      guard case .text(let code)? = product[Field.product] else {
        throw StreamRecordProblem(
          found: "no \(Field.product) in element \(index + 1) of \(Field.history)",
          expected: "a string")
      }
      history.append(
        BrowsedProduct(
          productCode: code, quantity: product["quantity"]?.wholeNumber,
          isInShoppingCart: product["in_shopping_cart"]?.flag))
    }
    browseHistory = history
  }

  /// Draws the product of the history to which similar ones are to be found, nil if it is empty.
  ///
  /// The draw depends on the seed and the fields of the record only, so that a record that is
  /// processed again gets the same product.
  ///
  /// - Parameter isCandidate: which products may be drawn; all if it is left out.
  package func drawnProduct(
    seed: UInt64, where isCandidate: (String) -> Bool = { _ in true }
  ) throws -> String? {
    var generator = SeededGenerator(seed: seed, stream: try encoded().fnv1a)
    return browseHistory.map(\.productCode).filter(isCandidate).randomElement(using: &generator)
  }

  /// Returns the record with recommendations, which replace those that it has.
  ///
  /// - Parameters:
  ///   - recommendedItems: best first.
  ///   - product: the product of the history that `similarItems` are near to, as `drawnProduct`
  ///     chose it; nil for an empty history.
  ///   - similarItems: nearest first.
  package func enriched(
    recommendedItems: [ScoredItem], similarTo product: String?, similarItems: [NearItem]
  ) -> StreamRecord {
    var fields = fields
    fields[Field.recommended] = .list(
      recommendedItems.map { .object(["id": .text($0.id), "score": JSONValue($0.score)]) })
    fields[Field.similar] = .object([
      Field.product: product.map(JSONValue.text) ?? .null,
      Field.similar: .list(
        similarItems.map { .object(["id": .text($0.id), "distance": JSONValue($0.distance)]) }),
    ])
    return StreamRecord(self, fields: fields)
  }

  private init(_ record: StreamRecord, fields: [String: JSONValue]) {
    self.fields = fields
    customer = record.customer
    features = record.features
    browseHistory = record.browseHistory
  }

  private static func identifier(
    in fields: [String: JSONValue]
  ) throws(StreamRecordProblem) -> String? {
    switch fields["customer_number"] {
    case nil, .null?: nil
    case .integer(let number)?: String(number)
    case .text(let text)?: text
    default:
      throw StreamRecordProblem(
        found: "another customer_number", expected: "a whole number or a string")
    }
  }
}

/// What is wrong with one record.
struct StreamRecordProblem: Error {
  let found: String
  let expected: String
}

extension JSONValue {
  /// A whole number, written as one or as a string.
  fileprivate var wholeNumber: Int? {
    switch self {
    case .integer(let number): number
    case .text(let text): Int(text)
    default: nil
    }
  }

  fileprivate var flag: Bool? {
    guard case .flag(let flag) = self else { return nil }
    return flag
  }
}

// What a recommender is asked about one user, and what it answers.
package import LearningTasks

/// A user, and how many items are wanted.
package struct RecommendationQuery: Sendable, Equatable {
  /// Whom items are recommended to.
  package enum User: Sendable, Equatable {
    /// A user that the model was trained on.
    case user(String)
    /// A new user of whom some features are known.
    case features([String: FeatureValue])
    /// Somebody who took some items: a basket, or a session.
    case items([String])
  }

  /// Whom items are recommended to.
  package var user: User
  /// The most items, at least 1.
  package var k: Int
  /// Whether items count that the user has taken already.
  package var includesSeen: Bool
  /// Which items may be in the list, and how it is chosen.
  package var rules: ListRules
  /// How many reasons are told for each item; nil for none.
  package var reasons: Int?
  /// Whether a user of whom the model knows nothing gets the items that most users took.
  package var fallsBack = false

  /// Asks for items.
  package init(
    _ user: User, k: Int = 10, includesSeen: Bool = false, rules: ListRules = ListRules()
  ) {
    self.user = user
    self.k = k
    self.includesSeen = includesSeen
    self.rules = rules
  }
}

extension RecommendationQuery: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case user, items, k
    case reasons = "because"
    case fallsBack = "fallback"
    case features = "user_features"
    case includesSeen = "include_seen"
  }

  /// The keys that a document may have.
  package static var keys: [String] { CodingKeys.allCases.map(\.rawValue) + ListRules.keys }
  /// The keys of which it has one.
  package static var userKeys: [String] {
    [CodingKeys.user, .features, .items].map(\.rawValue)
  }

  /// Reads `{"user": "u1", "k": 5, "include_seen": true}`, or `user_features` or `items` in place of
  /// `user`, with the keys of `ListRules` beside them.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let features = try container.decodeIfPresent(
      [String: FeatureValue?].self, forKey: .features)
    let user: User =
      if let features {
        .features(features.compactMapValues { $0 })
      } else if let items = try container.decodeIfPresent([String].self, forKey: .items) {
        .items(items)
      } else {
        .user(try container.decode(String.self, forKey: .user))
      }
    self.init(
      user, k: try container.decodeIfPresent(Int.self, forKey: .k) ?? 10,
      includesSeen: try container.decodeIfPresent(Bool.self, forKey: .includesSeen) ?? false,
      rules: try ListRules(from: decoder))
    reasons = try container.decodeIfPresent(Int.self, forKey: .reasons)
    fallsBack = try container.decodeIfPresent(Bool.self, forKey: .fallsBack) ?? false
    guard k >= 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .k, in: container, debugDescription: "\(k), expected at least 1")
    }
  }
}

/// An item and how well it goes with a user.
package struct RecommendedItem: Codable, Sendable, Equatable {
  package var id: String
  /// The inner product of the two unit vectors, -1 to 1; of a graph the sum of the arcs that lead to
  /// the item, 0 or more; in a fallback the share of the model's users that took the item.
  package var score: Float
  /// What stands for the model's answer: "popularity"; nil for an answer of the model.
  package var fallback: String?
  /// The items of the user's history that speak most for this one, the strongest first; nil where
  /// nobody asked.
  package var because: [ItemReason]?
}

/// An item of a user's history that speaks for another item.
package struct ItemReason: Codable, Sendable, Equatable {
  package var id: String
  /// The inner product of the two items' unit vectors, or the weight of the graph's arc from this item;
  /// above 0.
  package var similarity: Float
}

/// An item and how far it is from another.
package struct SimilarItem: Codable, Sendable, Equatable {
  package var id: String
  /// The distance of the two unit vectors, 0 to 2; of a graph `sqrt(2 - 2 w)`, where `w` is the arc's
  /// weight as a share of the heaviest one.
  package var distance: Float
}

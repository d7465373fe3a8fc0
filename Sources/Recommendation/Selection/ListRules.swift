// What a shop asks of its lists, as it is given.
import LearningTasks

/// Which items may be in a list of recommendations, and how it is chosen among the best of them.
package struct ListRules: Sendable, Equatable {
  /// A condition on the columns of items; nil lets all pass.
  package var filter: String?
  /// Items that are never recommended; identifiers that the model does not know have no effect.
  package var excluded: [String] = []
  /// The most items of a category in a list; nil for any number.
  package var perCategory: Int?
  /// The item column whose values are categories; nil takes the first item feature that is one.
  package var category: String?
  /// How much items shall differ from one another, 0 to 1; 0 lists the best scores.
  package var diversity = 0.0

  /// Any item, by score alone.
  package init() {}
}

extension ListRules: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case filter, category, diversity
    case excluded = "exclude"
    case perCategory = "per_category"
  }

  /// The keys that a document may have.
  static var keys: [String] { CodingKeys.allCases.map(\.rawValue) }

  /// Reads `{"filter": "price < 5", "exclude": ["i1"], "per_category": 2, "diversity": 0.3}`; each
  /// key may be left out.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    filter = try container.decodeIfPresent(String.self, forKey: .filter)
    excluded = try container.decodeIfPresent([String].self, forKey: .excluded) ?? []
    perCategory = try container.decodeIfPresent(Int.self, forKey: .perCategory)
    category = try container.decodeIfPresent(String.self, forKey: .category)
    diversity = try container.decodeIfPresent(Double.self, forKey: .diversity) ?? 0
  }
}

// One row as a caller gives it: what is known of a customer or a user, by the names of columns.
package import LearningTasks
import Tables
package import Texts

/// The values of a row by name; what is left out is missing.
package struct FeatureRow: Sendable, Equatable {
  /// The values.
  package let values: [ByteText: FeatureValue]

  /// Takes values by name.
  package init(_ values: [String: FeatureValue]) {
    self.init(values.map { ($0, $1) })
  }

  private init(_ values: [(String, FeatureValue)]) {
    self.values = Dictionary(
      values.map { (ByteText($0.0), $0.1) }, uniquingKeysWith: { $1 })
  }
}

extension FeatureRow: ExpressibleByDictionaryLiteral {
  /// Takes values by name.
  package init(dictionaryLiteral elements: (String, FeatureValue)...) { self.init(elements) }
}

extension FeatureRow: Decodable {
  /// Reads an object of texts, numbers and booleans; null is a missing value.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NamedKey.self)
    self.init(
      try container.allKeys.compactMap { key in
        try container.decodeIfPresent(FeatureValue.self, forKey: key).map { (key.stringValue, $0) }
      })
  }
}

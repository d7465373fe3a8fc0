// One row as a caller gives it: what is known of a customer or a user, by the names of columns.
import Tables
import Texts

/// The values of a row by name; what is left out is missing.
public struct FeatureRow: Sendable, Equatable {
  /// The values.
  let values: [ByteText: FeatureValue]

  /// Takes values by name.
  public init(_ values: [String: FeatureValue]) {
    self.init(values.map { ($0, $1) })
  }

  private init(_ values: [(String, FeatureValue)]) {
    self.values = Dictionary(
      values.map { (ByteText($0.0), $0.1) }, uniquingKeysWith: { $1 })
  }
}

extension FeatureRow: ExpressibleByDictionaryLiteral {
  /// Takes values by name.
  public init(dictionaryLiteral elements: (String, FeatureValue)...) { self.init(elements) }
}

extension FeatureRow: Decodable {
  /// Reads an object of texts, numbers and booleans; null is a missing value.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NamedKey.self)
    self.init(
      try container.allKeys.compactMap { key in
        try container.decodeIfPresent(FeatureValue.self, forKey: key).map { (key.stringValue, $0) }
      })
  }
}

/// A feature's value as a caller gives it.
public enum FeatureValue: Codable, Sendable, Equatable {
  case text(String)
  case number(Double)

  /// Reads a text, a number or a boolean, which is a text as in tables.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let flag = try? container.decode(Bool.self) {
      self = .text(flag ? "true" : "false")
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  /// Writes a text or a number.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let number): try container.encode(number)
    }
  }

  var text: String? {
    switch self {
    case .text(let text): CellSpelling.canonical(text)
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : number.description
    }
  }

  var number: Double? {
    switch self {
    case .text(let text): Double(text)
    case .number(let number): number
    }
  }
}

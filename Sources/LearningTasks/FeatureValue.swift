// One value of a row as a caller gives it.
import Tables

/// A feature's value as a caller gives it.
package enum FeatureValue: Codable, Sendable, Equatable {
  case text(String)
  case number(Double)

  /// Reads a text, a number or a boolean, which is a text as in tables.
  package init(from decoder: any Decoder) throws {
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
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let number): try container.encode(number)
    }
  }

  package var text: String? {
    switch self {
    case .text(let text): CellSpelling.canonical(text)
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : number.description
    }
  }

  package var number: Double? {
    switch self {
    case .text(let text): Double(text)
    case .number(let number): number
    }
  }
}

// JSON documents of answers, written part by part.
import Texts

/// A JSON text that is being written.
struct JSONOutput {
  private(set) var bytes: [UInt8] = []

  /// Starts an empty text with room for so many bytes.
  init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

  /// Adds JSON text as it is.
  mutating func add(_ text: String) { bytes += text.utf8 }

  /// Adds a text in quotes.
  mutating func add(literal text: String) { bytes += JSONText.literal(text).utf8 }

  /// Adds values with commas between them.
  mutating func add<Value>(
    each values: some Sequence<Value>, _ add: (inout JSONOutput, Value) -> Void
  ) {
    var isFirst = true
    for value in values {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      add(&self, value)
    }
  }
}

extension JSONNode {
  /// The value as JSON text.
  var text: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    case .text(let text): JSONText.literal(text)
    case .list(let list): "[\(list.map(\.text).joined(separator: ","))]"
    case .object(let members):
      "{\(members.map { "\(JSONText.literal($0.name)):\($0.value.text)" }.joined(separator: ","))}"
    }
  }
}

extension JSONNode: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
  init(dictionaryLiteral elements: (String, JSONNode)...) {
    self = .object(elements.map { Member(name: $0, value: $1) })
  }
  init(arrayLiteral elements: JSONNode...) { self = .list(elements) }
  init(stringLiteral value: String) { self = .text(value) }
  init(integerLiteral value: Int64) { self = .integer(value) }
  init(booleanLiteral value: Bool) { self = .flag(value) }
}

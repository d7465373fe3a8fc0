// A JSON value as it was sent: members in their order, whole numbers exact.
import Texts

/// A JSON value.
enum JSONNode: Sendable, Equatable {
  /// A member of an object.
  struct Member: Sendable, Equatable {
    let name: String
    let value: JSONNode
  }

  case null
  case flag(Bool)
  /// A number without a fraction or an exponent, from -2⁶³ to 2⁶³ - 1.
  case integer(Int64)
  /// Any other number; finite.
  case number(Double)
  case text(String)
  case list([JSONNode])
  /// The names are distinct in their bytes.
  case object([Member])

  /// The value of a member; nil if this is no object, or one without it.
  subscript(name: String) -> JSONNode? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.hasSameBytes(as: name) }?.value
  }

  /// What the value is, in words.
  var kind: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .integer(let integer): "the number \(integer)"
    case .number(let number): "the number \(number)"
    case .text(let text): "the text '\(text.prefix(40))\(text.count > 40 ? "..." : "")'"
    case .list(let list): "a list of \(list.count)"
    case .object: "an object"
    }
  }
}

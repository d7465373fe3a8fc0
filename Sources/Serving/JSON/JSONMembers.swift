// The members of an object of a request, each with the type and the range that it must have.
import NIOHTTP1
import Texts

/// An object whose members are taken out by name.
///
/// null and what is not there are nil.
struct JSONMembers {
  let members: [JSONNode.Member]
  /// What messages call the object; empty for the whole request.
  private let path: String

  /// Takes an object, or nothing for one without members.
  ///
  /// - Throws: `RequestFailure` for any other value.
  init(_ document: JSONNode?, path: String) throws(RequestFailure) {
    self.path = path
    switch document {
    case nil, .null?: members = []
    case .object(let found)?: members = found
    case let other?:
      throw InferRequest.refusal(path.isEmpty ? "the request" : path, other, "an object")
    }
  }

  /// Checks that no member has another name.
  ///
  /// - Throws: `RequestFailure`.
  func check(known: [String]) throws(RequestFailure) {
    guard let other = members.first(where: { !known.contains(bytesOf: $0.name) }) else { return }
    throw RequestFailure(
      .badRequest, path.isEmpty ? "the request" : path, found: "'\(other.name)'",
      expected: known.oneOf)
  }

  /// The value of a member; nil where it is null or not there.
  subscript(name: String) -> JSONNode? {
    let value = members.first { $0.name.hasSameBytes(as: name) }?.value
    return value == .null ? nil : value
  }

  private func refusal(_ name: String, _ expected: String) -> RequestFailure {
    InferRequest.refusal(path.isEmpty ? name : "\(path).\(name)", self[name], expected)
  }

  /// A text.
  func text(_ name: String) throws(RequestFailure) -> String? {
    switch self[name] {
    case nil: return nil
    case .text(let text)?: return text
    default: throw refusal(name, "a text")
    }
  }

  /// A list of texts.
  func texts(_ name: String) throws(RequestFailure) -> [String]? {
    guard let value = self[name] else { return nil }
    guard case .list(let list) = value else { throw refusal(name, "a list of texts") }
    var texts: [String] = []
    for (place, element) in list.enumerated() {
      guard case .text(let text) = element else {
        throw InferRequest.refusal("\(name)[\(place)]", element, "a text")
      }
      texts.append(text)
    }
    return texts
  }

  /// True or false.
  func flag(_ name: String) throws(RequestFailure) -> Bool? {
    switch self[name] {
    case nil: return nil
    case .flag(let flag)?: return flag
    default: throw refusal(name, "true or false")
    }
  }

  /// A whole number of a range.
  func whole(_ name: String, _ range: ClosedRange<Int>) throws(RequestFailure) -> Int? {
    switch self[name] {
    case nil: return nil
    case .integer(let integer)? where range.contains(Int(integer)): return Int(integer)
    default:
      throw refusal(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// A number of a range.
  func number(_ name: String, _ range: ClosedRange<Double>) throws(RequestFailure) -> Double? {
    switch self[name] {
    case nil: return nil
    case .integer(let integer)? where range.contains(Double(integer)): return Double(integer)
    case .number(let number)? where range.contains(number): return number
    default: throw refusal(name, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}

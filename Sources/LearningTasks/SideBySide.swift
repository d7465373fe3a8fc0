// Documents of two parts, one that is shared and one that is a task's own.

/// Two values whose keys stand side by side in one document.
@dynamicMemberLookup
package struct SideBySide<First: Sendable, Second: Sendable>: Sendable {
  package var first: First
  package var second: Second

  package init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  package subscript<Value>(dynamicMember path: KeyPath<First, Value>) -> Value {
    first[keyPath: path]
  }

  package subscript<Value>(dynamicMember path: KeyPath<Second, Value>) -> Value {
    second[keyPath: path]
  }
}

extension SideBySide: Encodable where First: Encodable, Second: Encodable {
  package func encode(to encoder: any Encoder) throws {
    try first.encode(to: encoder)
    try second.encode(to: encoder)
  }
}

extension SideBySide: Decodable where First: Decodable, Second: Decodable {
  package init(from decoder: any Decoder) throws {
    self.init(try First(from: decoder), try Second(from: decoder))
  }
}

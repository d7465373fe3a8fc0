// Values by names from data, in JSON files. Foundation's coders take two keys for one where only
// the composition of their characters differs, and drop a value without a word.

/// Values by name, which keep the names apart by their bytes in a file too.
///
/// The file has an object; where two names are alike, it has a list of names and values.
public struct NamedValues<Value: Codable & Sendable>: Sendable {
  /// The values.
  public var values: [ByteText: Value]

  /// Wraps values.
  public init(_ values: [ByteText: Value]) { self.values = values }

  private struct Entry: Codable {
    var name: ByteText
    var value: Value
  }
}

extension NamedValues: Codable {
  /// Reads an object, or a list of entries.
  public init(from decoder: any Decoder) throws {
    guard var list = try? decoder.unkeyedContainer() else {
      self.init(try [ByteText: Value](from: decoder))
      return
    }
    var values: [ByteText: Value] = [:]
    while !list.isAtEnd {
      let entry = try list.decode(Entry.self)
      guard values.updateValue(entry.value, forKey: entry.name) == nil else {
        throw DecodingError.dataCorruptedError(
          in: list, debugDescription: "the name '\(entry.name)' is there twice")
      }
    }
    self.init(values)
  }

  /// Writes an object, or a list of entries in the order of their names.
  public func encode(to encoder: any Encoder) throws {
    // Sets of strings on purpose: they are equal where the characters are.
    guard Set(values.keys.map(\.string)).count < values.count else {
      return try values.encode(to: encoder)
    }
    var list = encoder.unkeyedContainer()
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      try list.encode(Entry(name: name, value: value))
    }
  }
}

extension NamedValues: Equatable where Value: Equatable {}

extension NamedValues: ExpressibleByDictionaryLiteral {
  /// Wraps a literal.
  public init(dictionaryLiteral elements: (ByteText, Value)...) {
    self.init(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}

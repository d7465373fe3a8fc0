// Texts by their bytes. Swift's own `==`, hash and order of strings go by canonical equivalence, so
// that "é" equals "e" + U+0301; files, databases and other programs keep the two apart.

/// A text whose identity is its UTF-8 bytes: the key of every set and dictionary of texts from data.
public struct ByteText: Hashable, Comparable, Sendable {
  /// The text.
  public let string: String

  /// Wraps a text.
  public init(_ string: String) { self.string = string }

  /// Whether the bytes are the same.
  public static func == (left: ByteText, right: ByteText) -> Bool {
    left.string.hasSameBytes(as: right.string)
  }

  /// Whether the bytes sort before another's, which is also the order of Unicode scalars.
  public static func < (left: ByteText, right: ByteText) -> Bool {
    left.string.precedesInBytes(right.string)
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    var copy = string
    copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension ByteText: ExpressibleByStringLiteral {
  /// Wraps a literal.
  public init(stringLiteral value: String) { self.init(value) }
}

extension ByteText: Codable, CodingKeyRepresentable {
  private struct Key: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  /// The text as a key.
  public var codingKey: any CodingKey { Key(stringValue: string) }

  /// Wraps a key.
  public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }

  /// Reads a text.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(string)
  }
}

extension ByteText: CustomStringConvertible {
  /// The text.
  public var description: String { string }
}

extension Set<ByteText> {
  /// The bytes of some texts.
  public init(texts: some Sequence<String>) { self.init(texts.lazy.map { ByteText($0) }) }

  /// Whether a text is among these.
  public func contains(text: String) -> Bool { contains(ByteText(text)) }
}

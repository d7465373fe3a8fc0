// Reads JSON from strangers: RFC 8259 and nothing besides, in one pass, with bounded depth. An object
// with two members of one name has no meaning that all programs share, so it is refused.
import Texts

/// What is wrong with a text that should be JSON.
struct JSONProblem: Error, Equatable {
  /// What was found, in words.
  let found: String
  /// What was expected, in words.
  let expected: String
  /// The byte where it was found, from 0.
  let offset: Int
}

/// Reads one JSON value from bytes.
struct JSONReader {
  /// The deepest nesting of lists and objects.
  static let deepest = 64
  /// Up to so many members are compared with each other; more go through a set.
  private static let fewMembers = 16

  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  private var depth = 0

  private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The value that a text holds.
  ///
  /// - Throws: `JSONProblem`.
  static func value(_ text: UnsafeBufferPointer<UInt8>) throws(JSONProblem) -> JSONNode {
    var reader = JSONReader(text)
    reader.skipSpace()
    let value = try reader.value()
    reader.skipSpace()
    guard reader.position == text.count else {
      throw reader.problem(expected: "nothing after the value")
    }
    return value
  }

  // MARK: - Bytes

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  func problem(expected: String) -> JSONProblem {
    guard position < bytes.count else {
      return JSONProblem(found: "the end of the text", expected: expected, offset: position)
    }
    let byte = bytes[position]
    let found =
      (0x21..<0x7F).contains(byte)
      ? "'\(UnicodeScalar(byte))'" : "the byte 0x\(String(byte, radix: 16).uppercased())"
    return JSONProblem(found: found, expected: expected, offset: position)
  }

  private mutating func take(_ expected: UInt8) throws(JSONProblem) {
    guard byte == expected else { throw problem(expected: "'\(UnicodeScalar(expected))'") }
    position += 1
  }

  // MARK: - Values

  private mutating func value() throws(JSONProblem) -> JSONNode {
    switch byte {
    case UInt8(ascii: "{"): return try nested { reader throws(JSONProblem) in try reader.object() }
    case UInt8(ascii: "["): return try nested { reader throws(JSONProblem) in try reader.list() }
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"): return try number()
    case let byte? where Self.digit(byte) != nil: return try number()
    default: throw problem(expected: "a JSON value")
    }
  }

  private mutating func nested(
    _ body: (inout JSONReader) throws(JSONProblem) -> JSONNode
  ) throws(JSONProblem) -> JSONNode {
    guard depth < Self.deepest else {
      throw JSONProblem(
        found: "lists and objects nested more than \(Self.deepest) deep",
        expected: "at most \(Self.deepest)", offset: position)
    }
    depth += 1
    position += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONNode
  ) throws(JSONProblem) -> JSONNode {
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes.count - position >= letters.count,
      bytes[position..<position + letters.count].elementsEqual(letters)
    else { throw problem(expected: "a JSON value") }
    position += letters.count
    return value
  }

  private mutating func list() throws(JSONProblem) -> JSONNode {
    var elements: [JSONNode] = []
    skipSpace()
    if byte == UInt8(ascii: "]") {
      position += 1
      return .list(elements)
    }
    while true {
      elements.append(try value())
      skipSpace()
      if byte == UInt8(ascii: "]") { break }
      guard byte == UInt8(ascii: ",") else { throw problem(expected: "',' or ']'") }
      position += 1
      skipSpace()
    }
    position += 1
    return .list(elements)
  }

  private mutating func object() throws(JSONProblem) -> JSONNode {
    var members: [JSONNode.Member] = []
    var names: Set<ByteText> = []
    skipSpace()
    if byte == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      guard byte == UInt8(ascii: "\"") else { throw problem(expected: "a name in quotes") }
      let start = position
      let name = try string()
      let isNew =
        members.count < Self.fewMembers
        ? !members.contains { $0.name.hasSameBytes(as: name) }
        : names.insert(ByteText(name)).inserted
      guard isNew else {
        throw JSONProblem(
          found: "the name '\(name)' a second time", expected: "each name once in an object",
          offset: start)
      }
      skipSpace()
      try take(UInt8(ascii: ":"))
      skipSpace()
      members.append(JSONNode.Member(name: name, value: try value()))
      if members.count == Self.fewMembers { names = Set(texts: members.map(\.name)) }
      skipSpace()
      if byte == UInt8(ascii: "}") { break }
      guard byte == UInt8(ascii: ",") else { throw problem(expected: "',' or '}'") }
      position += 1
      skipSpace()
    }
    position += 1
    return .object(members)
  }

  // MARK: - Numbers

  private mutating func number() throws(JSONProblem) -> JSONNode {
    let start = position
    if byte == UInt8(ascii: "-") { position += 1 }
    let firstDigit = position
    var whole: Int64? = 0
    while let digit = byte.flatMap(Self.digit) {
      whole = whole.flatMap { value in
        let (product, overflows) = value.multipliedReportingOverflow(by: 10)
        let (sum, alsoOverflows) = product.subtractingReportingOverflow(Int64(digit))
        return overflows || alsoOverflows ? nil : sum
      }
      position += 1
    }
    guard position > firstDigit else { throw problem(expected: "a digit") }
    if bytes[firstDigit] == UInt8(ascii: "0"), position > firstDigit + 1 {
      position = firstDigit + 1
      throw problem(expected: "no digit after a leading zero")
    }
    let isNegative = firstDigit > start
    let isWhole =
      byte != UInt8(ascii: ".") && byte != UInt8(ascii: "e") && byte != UInt8(ascii: "E")
    // Digits are summed below zero, where there is one number more.
    if isWhole, let whole, whole != 0 || !isNegative {
      if isNegative { return .integer(whole) }
      if whole != .min { return .integer(-whole) }
    }
    if byte == UInt8(ascii: ".") {
      position += 1
      try skipDigits()
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      position += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
      try skipDigits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw JSONProblem(
        found: "the number \(text.prefix(40))", expected: "a number below 1.8e308", offset: start)
    }
    return .number(value)
  }

  private mutating func skipDigits() throws(JSONProblem) {
    guard byte.flatMap(Self.digit) != nil else { throw problem(expected: "a digit") }
    while byte.flatMap(Self.digit) != nil { position += 1 }
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? value : nil
  }
}

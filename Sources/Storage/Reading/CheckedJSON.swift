// JSON of files that are read back. What a file says is checked as text before a decoder sees it,
// and an error names the key.

internal import FoundationEssentials

/// Decodes JSON, trusting nothing.
public enum CheckedJSON {
  /// The deepest nesting of lists and objects that is read.
  public static let deepest = 64

  /// Reads a value.
  ///
  /// - Parameters:
  ///   - file: the name of the file for error messages.
  ///   - place: where in the file the text stands, such as `metadata layout`; empty for all of it.
  ///   - expected: what the text should be, in words.
  /// - Throws: `StorageError.corrupt`.
  public static func value<Value: Decodable>(
    _ type: Value.Type, from bytes: some Collection<UInt8>, file: String, place: String = "",
    expected: String = "the JSON that mlcore wrote"
  ) throws -> Value {
    let prefix = place.isEmpty ? "" : "\(place): "
    let bytes = Array(bytes)
    if let problem = problem(in: bytes) {
      throw StorageError.corrupt(
        file: file, item: "\(prefix)text", found: "with \(problem)", expected: expected)
    }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw corrupt(error, file: file, prefix: prefix, expected: expected)
    }
  }

  /// What keeps a text from being handed to a decoder; nil if nothing does.
  ///
  /// A text that passes may still be no JSON.
  public static func problem(in text: [UInt8]) -> String? {
    var depth = 0
    var isInString = false
    var isEscaped = false
    var position = TextPosition()
    for byte in text {
      if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D {
        return "the control character \(byte) in \(position)"
      }
      position.advance(over: byte)
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        if depth > deepest { return "lists and objects nested more than \(deepest) deep" }
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
    }
    return String(validating: text, as: UTF8.self) == nil ? "bytes that are not UTF-8" : nil
  }

  private static func corrupt(
    _ error: DecodingError, file: String, prefix: String, expected: String
  ) -> StorageError {
    func corrupt(_ path: [any CodingKey], _ found: String, _ expected: String) -> StorageError {
      let item = path.isEmpty ? "text" : "key \(name(of: path))"
      return .corrupt(file: file, item: prefix + item, found: found, expected: expected)
    }
    switch error {
    case .typeMismatch(let type, let context):
      return corrupt(context.codingPath, "with a value of another type", words(for: type))
    case .valueNotFound(let type, let context):
      return corrupt(context.codingPath, "without a value", words(for: type))
    case .keyNotFound(let key, let context):
      return corrupt(context.codingPath + [key], "missing", expected)
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      return corrupt([], "that is not such JSON", expected)
    case .dataCorrupted(let context):
      return corrupt(
        context.codingPath, "with a wrong value: \(context.debugDescription)", expected)
    @unknown default: return corrupt([], "that cannot be read", expected)
    }
  }

  /// A path of keys as one writes it: `features[3].kind`.
  private static func name(of path: [any CodingKey]) -> String {
    path.reduce("") { text, key in
      if let index = key.intValue { return "\(text)[\(index)]" }
      return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
    }
  }

  private static func words(for type: any Any.Type) -> String {
    switch type {
    case is Int.Type, is Int32.Type, is Int64.Type: "a whole number"
    case is Double.Type, is Float.Type: "a number"
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    case is [Any].Type: "a list"
    default: "another one"
    }
  }
}

/// A line and a column of a text, both counted from 1; columns count characters.
public struct TextPosition: Sendable, Equatable, CustomStringConvertible {
  /// The line.
  public private(set) var line = 1
  /// The column.
  public private(set) var column = 1

  /// The first position.
  public init() {}

  /// Moves behind a byte of UTF-8.
  public mutating func advance(over byte: UInt8) {
    if byte == UInt8(ascii: "\n") {
      line += 1
      column = 1
    } else if byte & 0xC0 != 0x80 {
      column += 1
    }
  }

  /// The position in words.
  public var description: String { "line \(line), column \(column)" }
}

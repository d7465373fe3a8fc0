// JSON documents as this program writes them: sorted keys, so that equal values are equal bytes.
import FoundationEssentials
import Storage

/// Writes and reads JSON.
package enum JSONDocument {
  /// Returns a value as JSON text with a line end.
  package static func text(of value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  /// Returns a value as JSON text in one line, with a line end.
  package static func line(of value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }

  /// Reads a value from the bytes of a document.
  ///
  /// - Parameters:
  ///   - file: the name of the document for error messages.
  ///   - expected: what it should be, in words.
  /// - Throws: `StorageError.corrupt`.
  package static func value<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], file: String = "JSON",
    expected: String = "the JSON that mlcore wrote"
  ) throws -> Value {
    try CheckedJSON.value(type, from: bytes, file: file, expected: expected)
  }
}

// The spellings of a missing value, and the white space around values.

/// Words that stand for a missing value, after white space around them is taken away.
///
/// Not among them: "None" and "-", which are answers in real questionnaires.
enum MissingTokens {
  static let all = [
    "", "?", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "-NaN", "-nan",
    "null", "NULL", "Null", "#NULL!",
  ]

  private static let bytes = all.map { Array($0.utf8) }
  private static let longest = bytes.map(\.count).max() ?? 0

  /// Whether trimmed bytes are one of the words.
  static func contains(_ trimmed: UnsafeBufferPointer<UInt8>) -> Bool {
    if trimmed.isEmpty { return true }
    if trimmed.count > longest { return false }
    return bytes.contains { $0.count == trimmed.count && $0.elementsEqual(trimmed) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The bytes without the white space at both ends: spaces, tabs and line ends.
  ///
  /// Other control characters are parts of a value.
  var trimmed: UnsafeBufferPointer<UInt8> {
    var start = startIndex
    var end = endIndex
    while start < end, Self.isSpace(self[start]) { start += 1 }
    while start < end, Self.isSpace(self[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(rebasing: self[start..<end])
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}

extension String {
  /// The string without the white space that readers of tables take from the ends of a cell.
  public var trimmedAsCell: String {
    var copy = self
    return copy.withUTF8 { String(decoding: $0.trimmed, as: UTF8.self) }
  }
}

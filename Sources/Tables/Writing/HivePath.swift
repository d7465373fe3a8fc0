// The names of Hive partitions: `country=fr`, with percent-encoding, and a name of its own for no
// value. By bytes: a combining mark after `=` or `/` is one character with it.

internal import Texts

/// The folder names of partitions.
enum HivePath {
  /// The name that stands for a missing or an empty value.
  static let missing = "__HIVE_DEFAULT_PARTITION__"
  /// The most bytes of a name that file systems take.
  static let nameLimit = 255

  // MARK: - Writing

  /// The folder of the rows that have a value in a column.
  static func folder(column: String, value: String?) -> String {
    let text = value.flatMap { $0.isEmpty ? nil : $0 }
    return "\(prefix(column: column))\(text.map(encoded(value:)) ?? missing)"
  }

  /// How the folder names of a column begin.
  static func prefix(column: String) -> String { "\(encoded(column))=" }

  private static let special = Set("\u{7F}\"#%'*/:=?\\{[]^".utf8)
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Percent-encodes a value; one that is the name of no value is told apart by its first byte.
  private static func encoded(value: String) -> String {
    value.hasSameBytes(as: missing) ? "%5F\(value.dropFirst())" : encoded(value)
  }

  /// Percent-encodes what Hive does: control characters, and those that mean something in paths or
  /// patterns.
  private static func encoded(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
      if byte < 0x20 || special.contains(byte) {
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  // MARK: - Reading

  /// The column and the value that a folder's name states, nil for no value; nil if it states none.
  static func partition(of folder: Substring.UTF8View) -> (name: String, value: String?)? {
    guard let equals = folder.firstIndex(of: UInt8(ascii: "=")), equals > folder.startIndex else {
      return nil
    }
    let value = folder[folder.index(after: equals)...]
    return (
      PercentText.decoded(folder[..<equals]),
      value.elementsEqual(missing.utf8) ? nil : PercentText.decoded(value)
    )
  }
}

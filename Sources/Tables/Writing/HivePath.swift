// The names of Hive partitions: `country=fr`, with percent-encoding, and a name of its own for no
// value.

/// The folder names of partitions.
enum HivePath {
  /// The name that stands for a missing or an empty value.
  static let missing = "__HIVE_DEFAULT_PARTITION__"
  /// The most bytes of a name that file systems take.
  static let nameLimit = 255

  /// The folder of the rows that have a value in a column.
  static func folder(column: String, value: String?) -> String {
    let text = value.flatMap { $0.isEmpty ? nil : $0 }
    return "\(prefix(column: column))\(text.map(encoded) ?? missing)"
  }

  /// How the folder names of a column begin.
  static func prefix(column: String) -> String { "\(encoded(column))=" }

  private static let special = Set("\u{7F}\"#%'*/:=?\\{[]^".unicodeScalars)

  /// Percent-encodes what Hive does: control characters, and those that mean something in paths or
  /// patterns.
  private static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 || special.contains(scalar) {
        result += "%\(digits[Int(scalar.value >> 4)])\(digits[Int(scalar.value & 15)])"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

// JSON strings and objects as text, written by hand because files are compared byte for byte and
// the layout of a library's encoder may change between its versions.

/// The parts of a JSON text.
public enum JSONText {
  /// Returns a string literal with its quotes.
  public static func literal(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  /// Returns an object of members whose values are JSON texts already, sorted by key.
  ///
  /// - Parameter indentation: spaces before the closing brace, with one member per line; nil puts
  ///   everything on one line.
  public static func object(_ members: [String: String], indentation: Int? = nil) -> String {
    let sorted = members.sorted { $0.key.precedesInBytes($1.key) }
    guard let indentation, !members.isEmpty else {
      return "{" + sorted.map { "\(literal($0.key)):\($0.value)" }.joined(separator: ",") + "}"
    }
    let margin = String(repeating: " ", count: indentation)
    let lines = sorted.map { "\(margin)  \(literal($0.key)): \($0.value)" }
    return "{\n" + lines.joined(separator: ",\n") + "\n\(margin)}"
  }
}

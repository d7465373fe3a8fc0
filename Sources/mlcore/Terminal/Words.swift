// How numbers and times are written for people.
import Glibc

extension Double {
  /// The number with a fixed count of digits after the point.
  func fixed(_ digits: Int) -> String {
    guard isFinite else { return "-" }
    let scale = pow(10, Double(digits))
    let units = (abs(self) * scale).rounded()
    guard units < 1e15 else { return description }
    let whole = Int(units)
    let sign = self < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    let text = String(whole)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  /// The fraction as a percentage with one digit after the point.
  var percent: String { "\((self * 100).fixed(1)) %" }
}

extension Int {
  /// The number with a comma between thousands.
  var grouped: String {
    var digits = String(magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (self < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// The number and a noun, with an "s" unless it is one.
  func counted(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }
}

extension Duration {
  /// Seconds as a real number.
  var seconds: Double { self / .seconds(1) }

  /// The duration as minutes and seconds.
  var clockText: String {
    let whole = Int(seconds.rounded(.up))
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}

extension String {
  /// The text with its line ends and other control characters written as escapes.
  var oneLine: String {
    unicodeScalars.map { scalar in
      switch scalar {
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      default:
        scalar.properties.generalCategory == .control
          ? "\\u{\(Swift.String(scalar.value, radix: 16))}" : Swift.String(scalar)
      }
    }.joined()
  }

  /// The text followed by spaces up to a width.
  func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }

  /// The text preceded by spaces up to a width.
  func leftPadded(_ width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - count)) + self
  }
}

extension String {
  /// The text as one word of a shell.
  var shellQuoted: String {
    let plain = allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-:=".contains($0)) }
    return plain && !isEmpty ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}

// One value of a configuration, between its three homes: a TOML file, `--set key=value` or a flag,
// and a field of a Swift struct.
import TOMLKit

/// A value that a configuration key can have.
public enum ConfigurationValue: Sendable, Equatable {
  /// True or false.
  case flag(Bool)
  /// A whole number.
  case integer(Int)
  /// A real number.
  case number(Double)
  /// A string.
  case text(String)
  /// A list of strings.
  case list([String])
}

extension ConfigurationValue {
  /// The value as TOML text; a number reads back to the same bits.
  public var toml: String {
    switch self {
    case .flag(let flag): flag ? "true" : "false"
    case .integer(let integer): String(integer)
    case .number(let number): number.description
    case .text(let text): Self.quoted(text)
    case .list(let items): "[" + items.map(Self.quoted).joined(separator: ", ") + "]"
    }
  }

  /// The value as it is typed for a flag.
  public var shown: String {
    switch self {
    case .text(let text): text
    case .list(let items): items.joined(separator: ",")
    case .number(let number) where number == number.rounded() && abs(number) < 1e15:
      String(Int(number))
    default: toml
    }
  }

  /// Reads a value of a parsed TOML document; nil when it is a table, a date, or a list of something
  /// else.
  ///
  /// - Parameter listsNumbers: whether a list may have whole numbers, which then are texts.
  init?(_ value: any TOMLValueConvertible, listsNumbers: Bool = false) {
    if let flag = value.bool {
      self = .flag(flag)
    } else if let integer = value.int {
      self = .integer(integer)
    } else if let number = value.double {
      self = .number(number)
    } else if let text = value.string {
      self = .text(text)
    } else if let array = value.array {
      let items = array.compactMap { item in
        item.string ?? (listsNumbers ? item.int.map(String.init) : nil)
      }
      guard items.count == array.count else { return nil }
      self = .list(items)
    } else {
      return nil
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension ConfigurationValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral
{
  public init(booleanLiteral flag: Bool) { self = .flag(flag) }
  public init(integerLiteral integer: Int) { self = .integer(integer) }
  public init(floatLiteral number: Double) { self = .number(number) }
}

// What a configuration key accepts: the type and the range, checked in one place for files,
// `--set` and flags alike.
import Texts

/// The type and the range of a configuration key.
public enum SettingKind: Sendable {
  /// A whole number of a range, or one that stands for none or no limit.
  case integer(ClosedRange<Int>, or: Int? = nil)
  /// A real number of a range.
  case number(NumberRange)
  /// One of some words.
  case choice([String])
  /// Any string.
  case text
  /// A list of strings, mostly names of columns.
  case list
  /// A list of some words; on the command line separated by commas.
  case choices([String])
  /// A list of so many whole numbers of a range; on the command line separated by commas.
  case integers(ClosedRange<Int>, most: Int)
  /// Columns with a direction each, as text: `tenure=-1,MonthlyCharges=1`.
  case directions
  /// True or false.
  case flag
}

extension SettingKind {
  /// A share that is set aside of something.
  public static let share = SettingKind.number(.closed(0.01, 0.9))
}

/// A range of real numbers, of which the lower end may be left out.
public struct NumberRange: Sendable {
  /// The lower end.
  public var lower: Double
  /// The upper end, included; infinity for none.
  public var upper: Double
  /// Whether the lower end itself is left out.
  public var excludesLower: Bool

  /// The numbers from `lower` to `upper`, both included.
  public static func closed(_ lower: Double, _ upper: Double = .infinity) -> NumberRange {
    NumberRange(lower: lower, upper: upper, excludesLower: false)
  }

  /// The numbers above `lower`, up to and including `upper`.
  public static func above(_ lower: Double, _ upper: Double = .infinity) -> NumberRange {
    NumberRange(lower: lower, upper: upper, excludesLower: true)
  }

  func contains(_ number: Double) -> Bool {
    number.isFinite && number <= upper && (excludesLower ? number > lower : number >= lower)
  }

  var words: String {
    let start = excludesLower ? "above \(short(lower))" : "from \(short(lower))"
    if upper == .infinity { return excludesLower ? start : "of at least \(short(lower))" }
    return excludesLower ? "\(start), at most \(short(upper))" : "\(start) to \(short(upper))"
  }

  private func short(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : number.description
  }
}

extension SettingKind {
  /// What is accepted, in words that follow "expected".
  public var words: String {
    switch self {
    case .integer(let range, let other):
      (other.map { "\($0), or " } ?? "")
        + "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number \(range.words)"
    case .choice(let words): Self.printable(words).oneOf
    case .text: "text"
    case .list: "a list of text"
    case .choices(let words): words.someOf
    case .integers(let range, let most):
      "up to \(most) whole numbers from \(range.lowerBound) to \(range.upperBound)"
    case .directions: "columns with -1, 0 or 1 each, such as tenure=-1,MonthlyCharges=1"
    case .flag: "true or false"
    }
  }

  /// The words without those of control characters, which have a name beside them: a tab.
  private static func printable(_ words: [String]) -> [String] {
    words.filter { word in
      !word.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
  }

  /// What stands for a value in help.
  var placeholder: String {
    switch self {
    case .integer: "n"
    case .number: "x"
    case .choice, .text: "name"
    case .list, .choices: "a[,b]"
    case .integers: "n[,n]"
    case .directions: "column=1,column=-1"
    case .flag: "true|false"
    }
  }

  /// Whether a flag may be repeated, and each time adds to a list.
  public var isRepeated: Bool {
    switch self {
    case .list, .choices: true
    default: false
    }
  }

  /// Whether a file may write the items of a list as numbers.
  var listsNumbers: Bool { if case .integers = self { true } else { false } }

  /// Returns the value if this kind accepts it, converted to the kind's own case; else nil.
  func accepting(_ value: ConfigurationValue) -> ConfigurationValue? {
    switch (self, value) {
    case (.integer(let range, let other), .integer(let integer)):
      range.contains(integer) || integer == other ? value : nil
    case (.number(let range), .integer(let integer)):
      range.contains(Double(integer)) ? .number(Double(integer)) : nil
    case (.number(let range), .number(let number)): range.contains(number) ? value : nil
    case (.choice(let words), .text(let word)): words.contains(word) ? value : nil
    case (.text, .text), (.list, .list), (.flag, .flag): value
    case (.choices(let words), .list(let items)): items.allSatisfy(words.contains) ? value : nil
    case (.integers(let range, let most), .list(let items)):
      Int.items(of: items).flatMap {
        $0.count <= most && $0.allSatisfy(range.contains) ? value : nil
      }
    case (.list, .text(let item)), (.choices, .text(let item)), (.integers, .text(let item)):
      accepting(.list([item]))
    case (.directions, .text(let text)): ColumnDirections.areUsable(text) ? value : nil
    default: nil
    }
  }

  /// Reads the values of a flag, of which a list takes all and others the last.
  ///
  /// - Returns: nil when there is none, or it is not of this kind.
  func parsing(_ texts: [String]) -> ConfigurationValue? {
    guard isRepeated else { return texts.last.flatMap(parsing) }
    return .list(
      texts.flatMap { text -> [String] in
        if case .list(let items) = parsing(text) { items } else { [] }
      })
  }

  /// Reads a value as it is typed on a command line; nil when it is not of this kind.
  ///
  /// A list stays in one piece: only who knows the names in a table can tell whether a comma is a
  /// part of one.
  func parsing(_ text: String) -> ConfigurationValue? {
    switch self {
    case .integer: Int(text).map(ConfigurationValue.integer)
    case .number: Double(text).map(ConfigurationValue.number)
    case .choice, .text, .directions: .text(text)
    case .list: .list(text.isEmpty ? [] : [text])
    case .integers:
      // With the brackets of a file, or without.
      switch text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text[...] {
      case "": .list([])
      case let items: .list([String(items)])
      }
    case .choices: .list(text.split(separator: ",").map(String.init))
    case .flag: Bool(text).map(ConfigurationValue.flag)
    }
  }
}

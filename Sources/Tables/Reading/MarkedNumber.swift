// Numbers with what people write around them: `$62.40`, `56 years`, `12%`, `1,234.50`.

/// A text that is a number with a currency, a unit or separators of thousands.
struct MarkedNumber {
  /// What stands around the number; empty where only thousands are separated.
  let mark: String

  /// No number is written longer than this, in bytes.
  private static let longest = 40
  /// More marks than these are names, such as the letters of postcodes.
  private static let mostMarks = 3

  // Regular expressions are made once, as that takes a hundred times as long as to match a text.
  // They are no `Sendable`, but matching changes nothing that threads could see.
  private nonisolated(unsafe) static let form =
    /[+-]?(\p{Sc}|[A-Z]{3} )? ?[+-]?([0-9][0-9.,' ]*?)( ?%| ?\p{Sc}| \p{L}{1,12})?/
  private nonisolated(unsafe) static let thousands =
    /[0-9]{1,3}(?:(?:,[0-9]{3})+(?:\.[0-9]+)?|(?:[.' ][0-9]{3})+(?:,[0-9]+)?)/
  private nonisolated(unsafe) static let digits = /[0-9]+(?:[.,][0-9]+)?/

  /// Takes a text apart; nil for what is no such number, and for plain numbers.
  init?(_ text: String) {
    guard text.utf8.count <= Self.longest, Self.mayMatch(text),
      let found = text.wholeMatch(of: Self.form)
    else { return nil }
    mark = "\(found.1 ?? "")\(found.3 ?? "")"
    guard
      found.2.wholeMatch(of: Self.thousands) != nil
        || (!mark.isEmpty && found.2.wholeMatch(of: Self.digits) != nil)
    else { return nil }
  }

  /// Whether the form may match a text, by its bytes: it has a digit, and begins with one, a sign, a
  /// space, a currency sign, or the letters of a currency, after which comes a space.
  private static func mayMatch(_ text: String) -> Bool {
    var copy = text
    return copy.withUTF8 { bytes in
      guard let first = bytes.first, bytes.contains(where: CellSpelling.isDigit) else {
        return false
      }
      return switch first {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "+"),
        UInt8(ascii: "-"), UInt8(ascii: "$"), 0x80...:
        true
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.contains(UInt8(ascii: " "))
      default: false
      }
    }
  }

  /// Which of the texts of a column is the first such number, if at least nine tenths of them are
  /// numbers of this form or plain ones.
  static func first(in texts: ArraySlice<String>, isNumber: (String) -> Bool) -> Int? {
    let plain = texts.map(isNumber)
    let found = zip(texts, plain).map { $1 ? nil : MarkedNumber($0) }
    let marks = Set(found.compactMap { $0?.mark })
    guard marks.count <= mostMarks, let first = found.firstIndex(where: { $0 != nil }) else {
      return nil
    }
    let count = zip(plain, found).count { $0 || $1 != nil }
    return count * 10 >= texts.count * 9 ? first : nil
  }
}

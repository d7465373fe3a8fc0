// Numbers with what people write around them: `$62.40`, `56 years`, `12%`, `1,234.50`.

/// A text that is a number with a currency, a unit or separators of thousands.
struct MarkedNumber {
  /// What stands around the number; empty where only thousands are separated.
  let mark: String

  /// No number is written longer than this, in bytes.
  private static let longest = 40
  /// More marks than these are names, such as the letters of postcodes.
  private static let mostMarks = 3

  /// Takes a text apart; nil for what is no such number, and for plain numbers.
  init?(_ text: String) {
    let thousands =
      /[0-9]{1,3}(?:(?:,[0-9]{3})+(?:\.[0-9]+)?|(?:[.' ][0-9]{3})+(?:,[0-9]+)?)/
    let form = /[+-]?(\p{Sc}|[A-Z]{3} )? ?[+-]?([0-9][0-9.,' ]*?)( ?%| ?\p{Sc}| \p{L}{1,12})?/
    guard text.utf8.count <= Self.longest, let found = text.wholeMatch(of: form) else {
      return nil
    }
    mark = "\(found.1 ?? "")\(found.3 ?? "")"
    guard
      found.2.wholeMatch(of: thousands) != nil
        || (!mark.isEmpty && found.2.wholeMatch(of: /[0-9]+(?:[.,][0-9]+)?/) != nil)
    else { return nil }
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

// One spelling for values that formats write differently: booleans (`True`, `TRUE`, `true`) and
// whole numbers (`1.0`, `1`). Categories and labels are compared by it, so that a table in CSV and
// the same table in Parquet hold the same categories.

/// The spelling of a category.
public enum CellSpelling {
  private static let trueWord: StaticString = "true"
  private static let falseWord: StaticString = "false"

  /// The spelling that stands for a text.
  ///
  /// `true` stands for `True`, `1` for `1.0`. All other texts stand for themselves, among them
  /// numbers with leading zeros, an exponent or a fraction.
  public static func canonical(_ text: String) -> String {
    var copy = text
    return copy.withUTF8 {
      String(decoding: canonical($0, decimal: CellForm.point), as: UTF8.self)
    }
  }

  /// Whether two texts are the same value: equal bytes, or one boolean or whole number.
  public static func areSame(_ first: String, _ second: String) -> Bool {
    first.utf8.elementsEqual(second.utf8)
      || canonical(first).utf8.elementsEqual(canonical(second).utf8)
  }

  /// The spelling that stands for a cell without white space around it; a part of the cell, or a
  /// constant.
  static func canonical(
    _ cell: UnsafeBufferPointer<UInt8>, decimal: UInt8
  ) -> UnsafeBufferPointer<UInt8> {
    guard let first = cell.first else { return cell }
    switch first {
    case UInt8(ascii: "t"), UInt8(ascii: "T"):
      return isWord(trueWord, cell) ? bytes(trueWord) : cell
    case UInt8(ascii: "f"), UInt8(ascii: "F"):
      return isWord(falseWord, cell) ? bytes(falseWord) : cell
    default: return wholeNumber(cell, decimal: decimal) ?? cell
    }
  }

  /// Whether a cell is a number whose leading zeros a number would lose.
  static func hasLeadingZeros(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    cell.count > 1 && cell[0] == UInt8(ascii: "0") && cell.allSatisfy(isDigit)
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private static func bytes(_ word: StaticString) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
  }

  /// Whether a cell is a word in small letters, in capitals, or with a capital at its start.
  private static func isWord(_ word: StaticString, _ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    let small = bytes(word)
    guard cell.count == small.count else { return false }
    let capital: UInt8 = 0x20
    let startsLarge = cell[0] == small[0] & ~capital
    guard startsLarge || cell[0] == small[0] else { return false }
    let rest = 1..<small.count
    return rest.allSatisfy { cell[$0] == small[$0] }
      || (startsLarge && rest.allSatisfy { cell[$0] == small[$0] & ~capital })
  }

  /// The digits of a whole number, with its sign; nil for anything else.
  private static func wholeNumber(
    _ cell: UnsafeBufferPointer<UInt8>, decimal: UInt8
  ) -> UnsafeBufferPointer<UInt8>? {
    let start = cell[0] == UInt8(ascii: "-") ? 1 : 0
    var end = start
    while end < cell.count, isDigit(cell[end]) { end += 1 }
    guard end > start, end == start + 1 || cell[start] != UInt8(ascii: "0") else { return nil }
    if end < cell.count {
      let fraction = cell[(end + 1)...]
      guard cell[end] == decimal, fraction.allSatisfy({ $0 == UInt8(ascii: "0") }) else {
        return nil
      }
    }
    // There is one zero.
    let isZero = cell[start] == UInt8(ascii: "0")
    return UnsafeBufferPointer(rebasing: cell[(isZero ? start : 0)..<end])
  }
}

/// How the cells of a column are written.
struct CellForm: Sendable {
  static let point = UInt8(ascii: ".")

  /// The byte before the fraction of a number.
  var decimal = point
  /// How instants are written; nil for ISO 8601.
  var date: DateFormat?
  /// Whether categories stay as they are written, instead of getting one spelling.
  var isVerbatim = false
}

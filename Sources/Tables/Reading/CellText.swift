// Numbers and instants as text: in CSV files, and where a category is made of them.

internal import Texts

/// The text of a number or an instant, such that reading it gives the same value.
enum CellText {
  /// The shortest text that reads back exactly; whole numbers without a fraction, NaN as nil.
  static func number(_ value: Double) -> String? {
    if value.isNaN { return nil }
    if abs(value) < 0x1p53, let whole = Int64(exactly: value), whole != 0 || value.sign == .plus {
      return String(whole)
    }
    return value.description
  }

  /// The seconds since 1970 as ISO 8601 in UTC, to the microsecond; nil if there is no such year.
  static func instant(_ seconds: Double) -> String? {
    // The years 1 to 9999, as far as four digits go.
    guard seconds >= -62_135_596_800, seconds < 253_402_300_799.5 else { return nil }
    // The fraction by itself, as the product of the whole would be rounded.
    var wholeSeconds = seconds.rounded(.down)
    var fraction = ((seconds - wholeSeconds) * 1e6).rounded()
    if fraction == 1e6 { (wholeSeconds, fraction) = (wholeSeconds + 1, 0) }
    return CalendarTime.text(secondsSince1970: Int(wholeSeconds))
      + (fraction == 0 ? "" : ".\(Int(fraction).padded(to: 6))") + "Z"
  }

  /// A date without its clock, as CSV files have it; nil if there is no such year.
  static func day(_ seconds: Double) -> String? { instant(seconds).map { String($0.prefix(10)) } }

  /// An instant as CSV files have it: a blank before the clock, and `Z` only where there is a zone.
  static func moment(_ seconds: Double, isZoned: Bool) -> String? {
    instant(seconds).map {
      let text = $0.replacing("T", with: " ")
      return isZoned ? text : String(text.dropLast())
    }
  }
}

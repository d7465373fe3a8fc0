// Dates that are not written as ISO 8601, read by a format with the directives of strptime.

internal import Texts

/// How dates and times are written: `%d/%m/%Y`.
///
/// Directives: `%Y` (four digits), `%y` (two; 69 to 99 are of the last century), `%m`, `%d`, `%b`
/// or `%B` (the English name of a month, short or long), `%H`, `%I` with `%p`, `%M`, `%S`, `%f` (a
/// fraction of a second), `%z` (`Z`, `+HHMM` or `+HH:MM`), `%%`. Months, days and hours may have one
/// digit. A blank stands for any number of blanks. Without `%z` the clock is that of UTC.
public struct DateFormat: Sendable, Equatable {
  private enum Part: Equatable {
    case year, shortYear, month, monthName, day, hour, halfDayHour, half, minute, second, fraction
    case zone, blank
    case byte(UInt8)
  }

  /// The format as it was given.
  public let text: String
  private let parts: [Part]

  private static let directives: [UInt8: Part] = [
    UInt8(ascii: "Y"): .year, UInt8(ascii: "y"): .shortYear, UInt8(ascii: "m"): .month,
    UInt8(ascii: "b"): .monthName, UInt8(ascii: "B"): .monthName, UInt8(ascii: "d"): .day,
    UInt8(ascii: "H"): .hour, UInt8(ascii: "I"): .halfDayHour, UInt8(ascii: "p"): .half,
    UInt8(ascii: "M"): .minute, UInt8(ascii: "S"): .second, UInt8(ascii: "f"): .fraction,
    UInt8(ascii: "z"): .zone, UInt8(ascii: "%"): .byte(UInt8(ascii: "%")),
  ]

  /// Understands a format; nil if it has an unknown directive, one twice, or no year and month.
  public init?(_ text: String) {
    var parts: [Part] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let part = rest.popFirst().flatMap({ Self.directives[$0] }) else { return nil }
        parts.append(part)
      } else {
        parts.append(byte == UInt8(ascii: " ") ? .blank : .byte(byte))
      }
    }
    func count(_ wanted: Part...) -> Int { parts.count { wanted.contains($0) } }
    guard count(.year, .shortYear) == 1, count(.month, .monthName) == 1, count(.day) <= 1,
      count(.hour, .halfDayHour) <= 1, count(.half) == count(.halfDayHour), count(.minute) <= 1,
      count(.second) <= 1, count(.fraction) <= 1, count(.zone) <= 1
    else { return nil }
    self.text = text
    self.parts = parts
  }

  /// The seconds since 1970 that all of the bytes spell, or nil.
  func seconds(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    var scanner = Scanner(bytes)
    var date = (year: 0, month: 1, day: 1)
    var clock = (hour: 0, minute: 0, second: 0, fraction: 0.0)
    var isAfternoon = false
    var zone = 0
    for part in parts {
      switch part {
      case .year:
        guard let year = scanner.number(4...4), year > 0 else { return nil }
        date.year = year
      case .shortYear:
        guard let year = scanner.number(2...2) else { return nil }
        date.year = year < 69 ? 2000 + year : 1900 + year
      case .month:
        guard let month = scanner.number(1...2), 1...12 ~= month else { return nil }
        date.month = month
      case .monthName:
        guard let month = scanner.month() else { return nil }
        date.month = month
      case .day:
        guard let day = scanner.number(1...2) else { return nil }
        date.day = day
      case .hour:
        guard let hour = scanner.number(1...2), hour < 24 else { return nil }
        clock.hour = hour
      case .halfDayHour:
        guard let hour = scanner.number(1...2), 1...12 ~= hour else { return nil }
        clock.hour = hour % 12
      case .half:
        guard let half = scanner.half() else { return nil }
        isAfternoon = half
      case .minute:
        guard let minute = scanner.number(2...2), minute < 60 else { return nil }
        clock.minute = minute
      case .second:
        guard let second = scanner.number(2...2), second < 60 else { return nil }
        clock.second = second
      case .fraction:
        guard let fraction = scanner.fraction() else { return nil }
        clock.fraction = fraction
      case .zone:
        guard let offset = scanner.zone() else { return nil }
        zone = offset
      case .blank: scanner.skipBlanks()
      case .byte(let byte): guard scanner.skip(byte) else { return nil }
      }
    }
    guard scanner.isAtEnd, 1...CalendarTime.days(of: date.month, date.year) ~= date.day else {
      return nil
    }
    let hour = clock.hour + (isAfternoon ? 12 : 0)
    let seconds = hour * 3_600 + clock.minute * 60 + clock.second - zone
    return Double(CalendarTime.daysSince1970(date.year, date.month, date.day) * 86_400 + seconds)
      + clock.fraction
  }
}

/// Takes pieces from the start of a cell.
private struct Scanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ].map { Array($0.utf8) }

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  private var next: UInt8? { isAtEnd ? nil : bytes[position] }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func skipBlanks() { while skip(UInt8(ascii: " ")) {} }

  /// A number of so many digits, as many as there are.
  mutating func number(_ digits: ClosedRange<Int>) -> Int? {
    var (value, count) = (0, 0)
    while count < digits.upperBound, let byte = next, CellSpelling.isDigit(byte) {
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
      position += 1
      count += 1
    }
    return count >= digits.lowerBound ? value : nil
  }

  mutating func fraction() -> Double? {
    let start = position
    guard let value = number(1...9) else { return nil }
    let scale = (start..<position).reduce(1.0) { scale, _ in scale * 10 }
    return Double(value) / scale
  }

  private mutating func letters() -> [UInt8] {
    var letters: [UInt8] = []
    while let byte = next, case let small = byte | 0x20,
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(small)
    {
      letters.append(small)
      position += 1
    }
    return letters
  }

  mutating func month() -> Int? {
    let name = letters()
    guard name.count >= 3 else { return nil }
    let found = Self.months.firstIndex { name == $0 || (name.count == 3 && $0.starts(with: name)) }
    return found.map { $0 + 1 }
  }

  /// Whether it is after noon.
  mutating func half() -> Bool? {
    switch letters() {
    case Array("am".utf8): false
    case Array("pm".utf8): true
    default: nil
    }
  }

  /// The seconds that the zone is ahead of UTC.
  mutating func zone() -> Int? {
    if skip(UInt8(ascii: "Z")) { return 0 }
    let sign = skip(UInt8(ascii: "-")) ? -1 : skip(UInt8(ascii: "+")) ? 1 : 0
    guard sign != 0, let hours = number(2...2), hours < 24 else { return nil }
    _ = skip(UInt8(ascii: ":"))
    guard let minutes = number(2...2), minutes < 60 else { return nil }
    return sign * (hours * 3_600 + minutes * 60)
  }
}

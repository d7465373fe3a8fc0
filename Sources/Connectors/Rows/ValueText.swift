// Numbers and instants as databases write them.

internal import Glibc
internal import Texts

enum ValueText {
  /// A whole number of 64 bits, or nil.
  static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    var rest = bytes[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    guard !rest.isEmpty else { return nil }
    var value: Int64 = 0
    for byte in rest {
      guard let digit = digit(byte) else { return nil }
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isBeyond) =
        isNegative
        ? product.subtractingReportingOverflow(Int64(digit))
        : product.addingReportingOverflow(Int64(digit))
      guard !isTooLarge, !isBeyond else { return nil }
      value = sum
    }
    return value
  }

  /// A real number, or nil; NaN, which PostgreSQL may hold, is a missing one.
  static func real(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard bytes.count < 512 else { return Double(String(decoding: bytes, as: UTF8.self)) }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { text in
      for index in bytes.indices { text[index] = CChar(bitPattern: bytes[index]) }
      text[bytes.count] = 0
      guard let start = text.baseAddress, bytes.count > 0 else { return nil }
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(start, &end)
      return end == start + bytes.count ? value : nil
    }
  }

  /// Seconds since 1970, of a date or an instant; nil for anything else.
  ///
  /// The form is `YYYY-MM-DD[ HH:MM[:SS[.F]]][zone]`, a zone being `Z` or `+HH[:MM]`; without one
  /// the clock is that of UTC. MySQL's date of zeros is a missing one, NaN.
  static func instant(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    var scanner = Scanner(rest: bytes[...])
    guard let year = scanner.number(digits: 4), scanner.skip("-"),
      let month = scanner.number(digits: 2), scanner.skip("-"),
      let day = scanner.number(digits: 2)
    else { return nil }
    var seconds = 0.0
    if scanner.skip(" ") || scanner.skip("T") {
      guard let clock = scanner.clock() else { return nil }
      seconds = clock
      guard let offset = scanner.zone() else { return nil }
      seconds -= Double(offset)
    }
    guard scanner.rest.isEmpty else { return nil }
    if year == 0, month == 0, day == 0 { return .nan }
    guard year >= 1, 1...12 ~= month, day >= 1, day <= CalendarTime.days(of: month, year) else {
      return nil
    }
    return Double(CalendarTime.daysSince1970(year, month, day)) * 86_400 + seconds
  }

  fileprivate static func digit(_ byte: UInt8) -> UInt8? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? digit : nil
  }

  private struct Scanner {
    var rest: Slice<UnsafeBufferPointer<UInt8>>

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest = rest.dropFirst()
      return true
    }

    mutating func number(digits: Int) -> Int? {
      var value = 0
      guard rest.count >= digits else { return nil }
      for byte in rest.prefix(digits) {
        guard let digit = ValueText.digit(byte) else { return nil }
        value = value * 10 + Int(digit)
      }
      rest = rest.dropFirst(digits)
      return value
    }

    /// The seconds of the day.
    mutating func clock() -> Double? {
      guard let hour = number(digits: 2), skip(":"), let minute = number(digits: 2), hour < 25,
        minute < 60
      else { return nil }
      var seconds = 0.0
      if skip(":") {
        guard let whole = number(digits: 2), whole < 61 else { return nil }
        seconds = Double(whole)
        if skip(".") {
          // As one whole number, so that the fraction is rounded once.
          var (fraction, scale) = (0, 1)
          guard let byte = rest.first, ValueText.digit(byte) != nil else { return nil }
          while let byte = rest.first, let digit = ValueText.digit(byte) {
            if scale < 1_000_000_000 {
              fraction = fraction * 10 + Int(digit)
              scale *= 10
            }
            rest = rest.dropFirst()
          }
          seconds += Double(fraction) / Double(scale)
        }
      }
      return Double(hour * 3_600 + minute * 60) + seconds
    }

    /// The seconds that the zone is ahead of UTC.
    mutating func zone() -> Int? {
      if rest.isEmpty || skip("Z") { return 0 }
      let sign = skip("-") ? -1 : skip("+") ? 1 : 0
      guard sign != 0, let hours = number(digits: 2) else { return nil }
      var seconds = hours * 3_600
      if skip(":") {
        guard let minutes = number(digits: 2) else { return nil }
        seconds += minutes * 60
      }
      return sign * seconds
    }
  }
}

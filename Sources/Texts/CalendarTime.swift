// The Gregorian calendar in UTC, and instants as ISO 8601 writes them.

internal import Glibc

/// Dates and clocks.
public enum CalendarTime {
  /// The number of days of a month, which counts from 1.
  public static func days(of month: Int, _ year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// The days from the first of January 1970 to a date of the years from 1 on.
  ///
  /// Years count from the first of March, so that the leap day is the last of its year.
  public static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }

  /// An instant as `YYYY-MM-DDTHH:MM:SS`.
  public static func text(secondsSince1970 seconds: Int) -> String {
    var clock = time_t(seconds)
    var fields = tm()
    gmtime_r(&clock, &fields)
    return "\((fields.tm_year + 1900).padded(to: 4))-\((fields.tm_mon + 1).padded(to: 2))"
      + "-\(fields.tm_mday.padded(to: 2))T\(fields.tm_hour.padded(to: 2))"
      + ":\(fields.tm_min.padded(to: 2)):\(fields.tm_sec.padded(to: 2))"
  }
}

extension BinaryInteger {
  /// The number with zeros in front of it, so that it has at least so many digits.
  public func padded(to width: Int) -> String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}

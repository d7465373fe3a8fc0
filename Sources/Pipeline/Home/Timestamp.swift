// Instants as the ledger and the logs have them. Nothing is decided by them: a clock may be set back.
import Glibc

/// The wall clock.
enum Timestamp {
  /// Seconds since 1970 in UTC.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The instant that a text of `text` names; nil for another text.
  static func seconds(_ text: String) -> Double? {
    let numbers = text.split { "-T:.Z".contains($0) }.map { Int32($0) }
    guard numbers.count == 7, let year = numbers[0], let month = numbers[1], let day = numbers[2],
      let hour = numbers[3], let minute = numbers[4], let second = numbers[5],
      let milliseconds = numbers[6]
    else { return nil }
    var parts = tm()
    parts.tm_year = year - 1900
    parts.tm_mon = month - 1
    (parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec) = (day, hour, minute, second)
    return Double(timegm(&parts)) + Double(milliseconds) / 1_000
  }

  /// An instant as ISO 8601 in UTC with milliseconds.
  static func text(_ seconds: Double) -> String {
    var whole = time_t(seconds.rounded(.down))
    var parts = tm()
    gmtime_r(&whole, &parts)
    let milliseconds = min(999, Int((seconds - seconds.rounded(.down)) * 1_000))
    func digits(_ number: Int32, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return digits(parts.tm_year + 1900, 4) + "-" + digits(parts.tm_mon + 1, 2) + "-"
      + digits(parts.tm_mday, 2) + "T" + digits(parts.tm_hour, 2) + ":" + digits(parts.tm_min, 2)
      + ":" + digits(parts.tm_sec, 2) + "." + digits(Int32(milliseconds), 3) + "Z"
  }
}

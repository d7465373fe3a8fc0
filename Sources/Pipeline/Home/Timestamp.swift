// Instants as the ledger and the logs have them. Nothing is decided by them: a clock may be set back.
import Glibc
import Texts

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
    let numbers = text.split { "-T:.Z".contains($0) }.map { Int($0) }
    guard numbers.count == 7, let year = numbers[0], let month = numbers[1], let day = numbers[2],
      let hour = numbers[3], let minute = numbers[4], let second = numbers[5],
      let milliseconds = numbers[6]
    else { return nil }
    let days = CalendarTime.daysSince1970(year, month, day)
    return Double(days * 86_400 + hour * 3_600 + minute * 60 + second)
      + Double(milliseconds) / 1_000
  }

  /// An instant as ISO 8601 in UTC with milliseconds.
  static func text(_ seconds: Double) -> String {
    let whole = seconds.rounded(.down)
    let milliseconds = min(999, Int((seconds - whole) * 1_000))
    return CalendarTime.text(secondsSince1970: Int(whole)) + ".\(milliseconds.padded(to: 3))Z"
  }
}

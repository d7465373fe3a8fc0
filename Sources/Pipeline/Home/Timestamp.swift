// Instants as the ledger and the logs have them. Nothing is decided by them: a clock may be set back.
internal import FoundationEssentials

/// The wall clock.
enum Timestamp {
  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  /// Seconds since 1970 in UTC.
  static func now() -> Double { Date().timeIntervalSince1970 }

  /// The instant that a text of `text` names; nil for another text.
  static func seconds(_ text: String) -> Double? { (try? style.parse(text))?.timeIntervalSince1970 }

  /// An instant as ISO 8601 in UTC with milliseconds.
  static func text(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds).formatted(style)
  }
}

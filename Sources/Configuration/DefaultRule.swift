// What "auto" comes to: in words for people, and as a value where the number of rows decides it.

/// The rule behind "auto".
public struct DefaultRule: Sendable, ExpressibleByStringLiteral {
  /// The rule in words that follow "auto:" or "default:".
  public let words: String
  private let steps: [(below: Int, value: ConfigurationValue)]
  private let last: ConfigurationValue?

  /// A rule that more than the number of rows decides.
  public init(_ words: String) {
    self.words = words
    steps = []
    last = nil
  }

  public init(stringLiteral words: String) { self.init(words) }

  /// A value for tables below each number of rows, and one for all others.
  public init(
    _ steps: (below: Int, value: ConfigurationValue)..., otherwise last: ConfigurationValue
  ) {
    self.steps = steps
    self.last = last
    let first = steps.enumerated().map { place, step in
      "\(step.value.shown) below \(step.below)\(place == 0 ? " rows" : "")"
    }
    words = (first + [(first.isEmpty ? "" : "else ") + last.shown]).joined(separator: ", ")
  }

  /// What "auto" comes to for a number of rows; nil where more than that decides it.
  public func value(rows: Int) -> ConfigurationValue? {
    steps.first { rows < $0.below }?.value ?? last
  }
}

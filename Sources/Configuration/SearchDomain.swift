// The values that a search for hyperparameters tries, as the tables of learners have them.

/// The values that are tried for a setting.
public enum SearchDomain: Sendable, Equatable {
  /// Real numbers.
  case float(ClosedRange<Double>, isLog: Bool = false)
  /// Whole numbers: the lower bound and whole steps above it.
  case integer(ClosedRange<Int>, isLog: Bool = false, step: Int = 1)
  /// One of some texts, without order.
  case category([String])

  /// The same values up to a bound, and at least the least one.
  public func limited(to most: Int) -> SearchDomain {
    guard case .integer(let range, let isLog, let step) = self else { return self }
    let upper = max(range.lowerBound, min(range.upperBound, most))
    return .integer(range.lowerBound...upper, isLog: isLog, step: step)
  }

  /// The values in words.
  public var words: String {
    switch self {
    case .float(let range, let isLog):
      [range.lowerBound, range.upperBound].map { ConfigurationValue.number($0).shown }
        .joined(separator: " to ") + (isLog ? ", log scale" : "")
    case .integer(let range, let isLog, let step):
      "\(range.lowerBound) to \(range.upperBound)\(isLog ? ", log scale" : "")"
        + (step == 1 ? "" : ", step \(step)")
    case .category(let texts): texts.joined(separator: " | ")
    }
  }
}

// What can be wrong with rows that are to be evaluated or split, as facts.

/// Rows that cannot be evaluated or split.
public enum EvaluationError: Error, Equatable, Sendable {
  /// There is no row.
  case empty
  /// A probability is NaN or outside `0 ... 1`.
  case probability(row: Int, found: Double)
  /// A weight is negative, NaN or infinite.
  case weight(row: Int, found: Double)
  /// All rows (of nonzero weight) have this label, so that metrics of ranking are undefined.
  case oneClass(label: Bool, rows: Int)
  /// A class has fewer rows than there are parts to deal them to.
  case tooFewRows(label: Bool, found: Int, expected: Int)
  /// Rows that belong together are so many that a part would lack a class.
  case groupsTooLarge(largest: Int, rows: Int, parts: Int)
}

extension EvaluationError: CustomStringConvertible {
  /// The facts, in one line.
  public var description: String {
    switch self {
    case .empty: "there are no rows to evaluate"
    case .probability(let row, let found):
      "row \(row): the probability is \(found), expected a number from 0 to 1"
    case .weight(let row, let found):
      "row \(row): the weight is \(found), expected a finite number not below 0"
    case .oneClass(let label, let rows):
      "all \(rows) rows are \(Self.name(label)): expected rows of both classes"
    case .tooFewRows(let label, let found, let expected):
      "\(found) rows are \(Self.name(label)): expected at least \(expected)"
    case .groupsTooLarge(let largest, let rows, let parts):
      "rows that repeat each other stay together, and leave no split of \(rows) rows into \(parts) "
        + "parts with both classes: the largest group has \(largest) rows"
    }
  }

  private static func name(_ label: Bool) -> String { label ? "positive" : "negative" }
}

// What can be wrong with columns that are to become a matrix, as facts.

public import Tables

/// A reason why columns cannot be turned into numbers.
public enum PreprocessingError: Error, Equatable, Sendable {
  /// A column that was there when the pipeline was fitted is not there now.
  case missingColumn(name: String)
  /// A column holds something else than when the pipeline was fitted.
  case wrongKind(column: String, found: ColumnKind, expected: ColumnKind)
  /// A number is infinite; `row` counts from 0.
  case infinite(column: String, row: Int)
  /// A number is so large that its column has no finite mean or variance; `row` counts from 0.
  case beyondScale(column: String, row: Int, value: Double)
}

extension PreprocessingError: CustomStringConvertible {
  /// The facts, in one line.
  public var description: String {
    switch self {
    case .missingColumn(let name): "column \(name) is missing"
    case .wrongKind(let column, let found, let expected):
      "column \(column) holds \(found.rawValue) values, expected \(expected.rawValue)"
    case .infinite(let column, let row):
      "column \(column), data row \(row + 1): found an infinite value, expected a finite number"
    case .beyondScale(let column, let row, let value):
      "column \(column), data row \(row + 1): found \(value), expected a number between "
        + "-\(StandardScaler.largestNumber) and \(StandardScaler.largestNumber)"
    }
  }
}

// One row of a study's tables, of which nothing is believed: SQLite keeps any type of value in any
// column.

internal import GRDB

/// Reads the cells of a row, each with its type and range.
struct StudyRow {
  private let row: Row
  private let table: String
  private let path: String
  /// How an error names the row.
  private let name: String

  /// - Parameter key: the columns by whose values an error names the row.
  init(_ row: Row, of table: String, key: [String], path: String) {
    self.row = row
    self.table = table
    self.path = path
    name = key.map { "\($0) \(Self.shown(row[$0]))" }.joined(separator: ", ")
  }

  /// A whole number.
  ///
  /// - Throws: `TuningError.corruptStudy`.
  func integer(_ column: String, in range: ClosedRange<Int>) throws -> Int {
    let value: DatabaseValue = row[column]
    guard case .int64(let number) = value.storage, range.contains(Int(number)) else {
      throw corrupt(
        column, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return Int(number)
  }

  /// A finite number of at least 0.
  ///
  /// - Throws: `TuningError.corruptStudy`.
  func duration(_ column: String) throws -> Double {
    let value: DatabaseValue = row[column]
    switch value.storage {
    case .double(let number) where number >= 0 && number.isFinite: return number
    case .int64(let number) where number >= 0: return Double(number)
    default: throw corrupt(column, "a number of at least 0")
    }
  }

  /// A text.
  ///
  /// - Throws: `TuningError.corruptStudy`.
  func text(_ column: String) throws -> String {
    let value: DatabaseValue = row[column]
    guard case .string(let text) = value.storage else { throw corrupt(column, "a text") }
    return text
  }

  /// Numbers that were written as one text.
  ///
  /// - Throws: `TuningError.corruptStudy`.
  func numbers(_ column: String) throws -> [Double] {
    let parts = try text(column).split(separator: " ", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count else {
      throw corrupt(column, "numbers with spaces between them")
    }
    return numbers
  }

  /// One number that was written as a text.
  ///
  /// - Throws: `TuningError.corruptStudy`.
  func number(_ column: String) throws -> Double {
    let numbers = try numbers(column)
    guard numbers.count == 1 else { throw corrupt(column, "one number as text") }
    return numbers[0]
  }

  /// The error of a cell.
  func corrupt(_ column: String, _ expected: String) -> TuningError {
    .corruptStudy(
      path: path,
      reason: "table \(table), row with \(name), column \(column): found "
        + "\(Self.shown(row[column])), expected \(expected)")
  }

  /// A cell in words, shortened.
  private static func shown(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null: "nothing"
    case .int64(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): "the text '\(text.prefix(60))'"
    case .blob(let bytes): "\(bytes.count) bytes"
    }
  }
}

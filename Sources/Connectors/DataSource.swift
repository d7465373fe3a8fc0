// Databases as sources of rows, whatever their make.

public import Tables
internal import Texts

/// What a column of a source holds.
public enum SourceType: Sendable, Equatable {
  /// Whole numbers; `bits` is 32 or 64.
  case integer(bits: Int)
  /// Real numbers, among them decimals.
  case real
  /// Strings, and everything that a database writes as one.
  case text
  /// Dates and instants.
  case instant
}

extension SourceType {
  /// What decimals are kept as: whole ones stay whole, as integers or, if they may be larger, as
  /// their digits.
  static func decimal(digits: Int, scale: Int) -> SourceType {
    guard scale <= 0 else { return .real }
    return digits - scale <= 18 ? .integer(bits: 64) : .text
  }
}

/// A column of a query.
public struct SourceColumn: Sendable, Equatable {
  /// The name, as the database writes it.
  public let name: String
  /// What it holds.
  public let type: SourceType

  /// Creates a column.
  public init(name: String, type: SourceType) {
    self.name = name
    self.type = type
  }
}

extension Sequence<SourceColumn> {
  /// Whether the column of a name holds strings.
  func holdsText(in name: String) -> Bool {
    contains { $0.type == .text && $0.name.hasSameBytes(as: name) }
  }
}

/// A database that answers queries.
///
/// Queries run in transactions that only read. A source belongs to one thread.
public protocol DataSource: AnyObject {
  /// The location without user and password, for messages.
  var name: String { get }

  /// The columns that a query returns; the query is not run.
  ///
  /// - Throws: a `ConnectorError`.
  func columns(of query: SourceQuery) throws -> [SourceColumn]

  /// Runs a query, and sorts its rows by a column if one is named: by the bytes of strings, missing
  /// values first.
  ///
  /// One query runs at a time: the stream of the one before ends.
  /// - Throws: a `ConnectorError`.
  func rows(of query: SourceQuery, sortedBy column: String?) throws -> any RowStream
}

/// The rows of a query, batch by batch, as the database sends them.
public protocol RowStream: AnyObject {
  /// The columns.
  var columns: [SourceColumn] { get }
  /// For each column the first number so far that a double does not hold, if there was one.
  var rounded: [RoundedValue] { get }
  /// The next rows, at most `RowBatch.rowLimit`, or nil after the last.
  ///
  /// - Throws: a `ConnectorError`.
  func next() throws -> Table?
}

/// A decimal or whole number of a source that a double does not hold; `row` counts from 1.
public struct RoundedValue: Sendable, Equatable {
  /// The row of the query.
  public let row: Int
  /// The column.
  public let column: String
  /// The number as the database writes it.
  public let text: String
}

extension [RoundedValue] {
  /// Adds those of a batch, after some rows, for columns that had none.
  mutating func add(_ batch: RowBatch, after rows: Int, columns: [SourceColumn]) {
    for rounded in batch.rounded {
      let name = columns[rounded.column].name
      guard !contains(where: { $0.column == name }) else { continue }
      append(RoundedValue(row: rows + rounded.row + 1, column: name, text: rounded.text))
    }
  }
}

/// Opens databases by their locations.
public enum DataSources {
  /// How locations are written, in words.
  public static var forms: String { DatabaseKind.all.forms }
  /// Where the passwords of servers are read from, after `MLCORE_SOURCE_PASSWORD`, in words.
  public static var passwords: String { DatabaseKind.all.passwords }

  /// Opens the database of a location in one of the `forms`.
  ///
  /// - Parameter checkCancelled: is called while a server is waited for; what it throws ends the
  ///   query.
  /// - Throws: a `ConnectorError`; a location with a password is refused.
  public static func open(
    _ location: String, checkCancelled: @escaping () throws -> Void = {}
  ) throws -> any DataSource {
    try SourceLocation(location).open(checkCancelled)
  }
}

extension DataSource {
  /// Checks that no two columns of a query have the same name, and that a column is there.
  static func check(
    _ columns: [SourceColumn], sortedBy column: String?, of query: SourceQuery
  ) throws {
    guard !columns.isEmpty else { throw ConnectorError.notAQuery(statement: query.name) }
    let names = columns.map(\.name)
    var seen: Set<ByteText> = []
    for name in names where !seen.insert(ByteText(name)).inserted {
      throw ConnectorError.duplicateColumn(statement: query.name, name: name)
    }
    if let column, !seen.contains(text: column) {
      throw ConnectorError.unknownColumn(statement: query.name, name: column, known: names)
    }
  }
}

// A new SQLite file, filled table by table.

internal import GRDB
internal import GRDBSQLite

/// One value of a row that is inserted.
public enum SQLiteValue: Sendable, Equatable {
  /// No value.
  case null
  /// A whole number.
  case integer(Int)
  /// A real number.
  case real(Double)
  /// A string.
  case text(String)

  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let number): number.databaseValue
    case .real(let number): number.databaseValue
    case .text(let string): string.databaseValue
    }
  }
}

/// A new database; the file is complete when `close` returns.
public final class SQLiteWriter {
  private let database: SQLiteDatabase
  private var inserting: (table: String, statement: SQLiteStatement)?

  /// Creates a file; there must be none of this name.
  ///
  /// - Throws: a `ConnectorError`, as the other methods do.
  public init(path: String) throws {
    database = try SQLiteDatabase(path, isReadOnly: false)
    // The caller removes the file if anything fails, so that no journal has to.
    try database.execute(
      "pragma journal_mode = off; pragma synchronous = off; pragma page_size = 4096; begin;")
  }

  /// Runs statements that define tables and indices.
  public func define(_ sql: String) throws { try database.execute(sql) }

  /// Appends a row to a table.
  public func insert(into table: String, _ row: [SQLiteValue]) throws {
    let statement = try statement(for: table, count: row.count)
    for (index, value) in row.enumerated() {
      _ = value.databaseValue.bind(to: statement.handle, at: CInt(index + 1))
    }
    defer { sqlite3_reset(statement.handle) }
    _ = try statement.step(name: table)
  }

  /// Completes the file.
  public func close() throws {
    inserting = nil
    try database.execute("commit")
  }

  private func statement(for table: String, count: Int) throws -> SQLiteStatement {
    if let inserting, inserting.table == table { return inserting.statement }
    let places = Array(repeating: "?", count: count).joined(separator: ", ")
    let statement = try database.prepare(
      "insert into \(SQLText.quoted(table)) values (\(places))", name: table)
    inserting = (table, statement)
    return statement
  }
}

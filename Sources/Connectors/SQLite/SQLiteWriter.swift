// A new SQLite file, filled table by table.

internal import CSQLite

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
}

/// A new database; the file is complete when `close` returns.
public final class SQLiteWriter {
  private let database: SQLiteDatabase
  private var inserting: (table: String, statement: SQLiteStatement)?

  /// Creates a file; there must be none of this name.
  ///
  /// - Throws: a `ConnectorError`, as the other methods do.
  public init(path: String) throws {
    database = try SQLiteDatabase(creating: path)
    // The caller removes the file if anything fails, so that no journal has to.
    try database.execute(
      "pragma journal_mode = off; pragma synchronous = off; pragma page_size = 4096; begin;")
  }

  /// Runs statements that define tables and indices.
  public func define(_ sql: String) throws { try database.execute(sql) }

  /// Appends a row to a table.
  public func insert(into table: String, _ row: [SQLiteValue]) throws {
    let handle = try statement(for: table, count: row.count).handle
    for (index, value) in row.enumerated() {
      let place = Int32(index + 1)
      switch value {
      case .null: sqlite3_bind_null(handle, place)
      case .integer(let number): sqlite3_bind_int64(handle, place, Int64(number))
      case .real(let number): sqlite3_bind_double(handle, place, number)
      case .text(let string):
        // SQLite copies the string, which is what -1 for a destructor means.
        let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        sqlite3_bind_text(handle, place, string, Int32(string.utf8.count), copies)
      }
    }
    defer { sqlite3_reset(handle) }
    let code = sqlite3_step(handle)
    guard code == SQLITE_DONE else { throw database.failure(code) }
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
      "insert into \(SQLiteSource.quoted(table)) values (\(places))", name: table)
    inserting = (table, statement)
    return statement
  }
}

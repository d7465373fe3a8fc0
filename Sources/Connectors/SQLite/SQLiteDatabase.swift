// A SQLite database through GRDB. Rows are read by SQLite's own functions, which tell the type of each
// cell without making a value of it.

internal import GRDB
internal import GRDBSQLite
internal import Glibc

/// An open database file.
///
/// It belongs to one thread, and its transactions last from call to call.
final class SQLiteDatabase {
  let path: String
  private let queue: DatabaseQueue

  /// Opens a file: one to be read must be there, one to be written is made.
  init(_ path: String, isReadOnly: Bool) throws {
    self.path = path
    if isReadOnly {
      guard access(path, F_OK) == 0 else { throw ConnectorError.notFound(path: path) }
      guard access(path, R_OK) == 0 else { throw ConnectorError.permissionDenied(path: path) }
    }
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    // A query means what it means to other programs.
    configuration.foreignKeysEnabled = false
    configuration.acceptsDoubleQuotedStringLiterals = true
    configuration.allowsUnsafeTransactions = true
    // Somebody else's short writing is waited for.
    configuration.busyMode = .timeout(5)
    queue = try Self.translating(path) {
      try DatabaseQueue(path: path, configuration: configuration)
    }
  }

  /// Runs statements that return nothing.
  func execute(_ sql: String) throws {
    try Self.translating(path) { try queue.inDatabase { try $0.execute(sql: sql) } }
  }

  /// Compiles one statement.
  func prepare(_ sql: String, name: String) throws -> SQLiteStatement {
    try Self.translating(path) {
      try queue.inDatabase { connection in
        do {
          return SQLiteStatement(try connection.makeStatement(sql: sql), of: self)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
          let offset = Int(sqlite3_error_offset(connection.sqliteConnection))
          // An offset in bytes; the text before it has as many characters as its valid UTF-8.
          let before = offset < 0 ? nil : String(decoding: sql.utf8.prefix(offset), as: UTF8.self)
          throw ConnectorError.statementFailed(
            source: "SQLite", statement: name,
            place: before.map { StatementPlace(character: $0.unicodeScalars.count, in: sql) },
            reason: error.message ?? "")
        }
      }
    }
  }

  /// Throws GRDB's errors as ours.
  fileprivate static func translating<Result>(
    _ path: String, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      let reason = error.message ?? ""
      let translated: ConnectorError =
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: .notADatabase(path: path, reason: reason)
        case .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH: .permissionDenied(path: path)
        case .SQLITE_CANTOPEN where errno == EACCES: .permissionDenied(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: .locked(path: path)
        default: .fileFailed(path: path, reason: reason)
        }
      throw translated
    }
  }
}

/// A compiled statement.
final class SQLiteStatement {
  /// For SQLite's functions.
  let handle: OpaquePointer
  private let statement: Statement
  private let database: SQLiteDatabase

  init(_ statement: Statement, of database: SQLiteDatabase) {
    handle = statement.sqliteStatement
    self.statement = statement
    self.database = database
  }

  /// Goes to the next row; false after the last.
  ///
  /// - Throws: `ConnectorError.statementFailed` for what the statement does wrong, else the error
  ///   of the file.
  func step(name: String) throws -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW || code == SQLITE_DONE { return code == SQLITE_ROW }
    let reason = String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
    if [SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG].contains(code & 0xff) {
      throw ConnectorError.statementFailed(
        source: "SQLite", statement: name, place: nil, reason: reason)
    }
    return try SQLiteDatabase.translating(database.path) {
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: reason)
    }
  }

  var columnNames: [String] { statement.columnNames }

  /// The types in the tables' declarations; nil for expressions.
  var declaredTypes: [String?] {
    (0..<sqlite3_column_count(handle)).map { column in
      sqlite3_column_decltype(handle, column).map { String(cString: $0) }
    }
  }
}

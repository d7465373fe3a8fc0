// A SQLite database through its C library.

internal import CSQLite
internal import Glibc

/// An open database file.
final class SQLiteDatabase {
  let path: String
  let handle: OpaquePointer

  /// Opens a file to be read; it must be there.
  convenience init(reading path: String) throws {
    guard access(path, F_OK) == 0 else { throw ConnectorError.notFound(path: path) }
    guard access(path, R_OK) == 0 else { throw ConnectorError.permissionDenied(path: path) }
    try self.init(path, SQLITE_OPEN_READONLY)
  }

  /// Opens a file to be written, and makes it.
  convenience init(creating path: String) throws {
    try self.init(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
  }

  private init(_ path: String, _ flags: Int32) throws {
    self.path = path
    var handle: OpaquePointer?
    // Without a mutex: a database belongs to one thread. A name is a path, never a URI.
    let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard let handle else { throw ConnectorError.fileFailed(path: path, reason: "out of memory") }
    self.handle = handle
    guard code == SQLITE_OK else { throw failure(code) }
    // Somebody else's short writing is waited for.
    sqlite3_busy_timeout(handle, 5_000)
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs statements that return nothing.
  func execute(_ sql: String) throws {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(code) }
  }

  /// Compiles one statement.
  func prepare(_ sql: String, name: String) throws -> SQLiteStatement {
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
    guard code == SQLITE_OK, let statement else {
      guard code == SQLITE_ERROR else { throw failure(code) }
      let offset = Int(sqlite3_error_offset(handle))
      // An offset in bytes; the text before it has as many characters as its valid UTF-8.
      let before = offset < 0 ? nil : String(decoding: sql.utf8.prefix(offset), as: UTF8.self)
      throw ConnectorError.statementFailed(
        source: "SQLite", statement: name,
        place: before.map { StatementPlace(character: $0.unicodeScalars.count, in: sql) },
        reason: message)
    }
    return SQLiteStatement(statement, of: self)
  }

  /// The error of the call before.
  func failure(_ code: Int32) -> ConnectorError {
    switch code & 0xff {
    case SQLITE_NOTADB, SQLITE_CORRUPT: .notADatabase(path: path, reason: message)
    case SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH: .permissionDenied(path: path)
    case SQLITE_CANTOPEN where errno == EACCES: .permissionDenied(path: path)
    case SQLITE_BUSY, SQLITE_LOCKED: .locked(path: path)
    default: .fileFailed(path: path, reason: message)
    }
  }

  var message: String { String(cString: sqlite3_errmsg(handle)) }
}

/// A compiled statement.
final class SQLiteStatement {
  let handle: OpaquePointer
  private let database: SQLiteDatabase

  init(_ handle: OpaquePointer, of database: SQLiteDatabase) {
    self.handle = handle
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  /// Goes to the next row; false after the last.
  ///
  /// - Throws: `ConnectorError.statementFailed` for what the statement does wrong, else the error
  ///   of the file.
  func step(name: String) throws -> Bool {
    let code = sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG:
      throw ConnectorError.statementFailed(
        source: "SQLite", statement: name, place: nil, reason: database.message)
    default: throw database.failure(code)
    }
  }

  var columnCount: Int { Int(sqlite3_column_count(handle)) }

  func columnName(_ index: Int) -> String {
    sqlite3_column_name(handle, Int32(index)).map { String(cString: $0) } ?? ""
  }

  /// The type in the table's declaration; nil for an expression.
  func declaredType(_ index: Int) -> String? {
    sqlite3_column_decltype(handle, Int32(index)).map { String(cString: $0) }
  }
}

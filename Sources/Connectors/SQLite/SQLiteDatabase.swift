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

  /// Opens a file to be read; it must be there.
  convenience init(reading path: String) throws {
    guard access(path, F_OK) == 0 else { throw ConnectorError.notFound(path: path) }
    guard access(path, R_OK) == 0 else { throw ConnectorError.permissionDenied(path: path) }
    try self.init(path, isReadOnly: true)
  }

  /// Opens a file to be written, and makes it.
  convenience init(creating path: String) throws { try self.init(path, isReadOnly: false) }

  private init(_ path: String, isReadOnly: Bool) throws {
    self.path = path
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    // A query means what it means to other programs.
    configuration.foreignKeysEnabled = false
    configuration.acceptsDoubleQuotedStringLiterals = true
    configuration.allowsUnsafeTransactions = true
    // Somebody else's short writing is waited for.
    configuration.busyMode = .timeout(5)
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
    } catch let error as DatabaseError {
      throw Self.failure(error, path: path)
    }
  }

  /// Calls GRDB, and throws its errors as ours.
  func withConnection<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      return try queue.inDatabase(body)
    } catch let error as DatabaseError {
      throw Self.failure(error, path: path)
    }
  }

  /// Runs statements that return nothing.
  func execute(_ sql: String) throws { try withConnection { try $0.execute(sql: sql) } }

  /// Compiles one statement.
  func prepare(_ sql: String, name: String) throws -> SQLiteStatement {
    try withConnection { connection in
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

  private static func failure(_ error: DatabaseError, path: String) -> ConnectorError {
    let reason = error.message ?? ""
    return switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: .notADatabase(path: path, reason: reason)
    case .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH: .permissionDenied(path: path)
    case .SQLITE_CANTOPEN where errno == EACCES: .permissionDenied(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: .locked(path: path)
    default: .fileFailed(path: path, reason: reason)
    }
  }
}

/// A compiled statement.
final class SQLiteStatement {
  /// For SQLite's functions.
  let handle: OpaquePointer
  let statement: Statement
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
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    return try database.withConnection { connection in
      switch code & 0xff {
      case SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG:
        throw ConnectorError.statementFailed(
          source: "SQLite", statement: name, place: nil,
          reason: connection.lastErrorMessage ?? "")
      default:
        throw DatabaseError(
          resultCode: ResultCode(rawValue: code), message: connection.lastErrorMessage)
      }
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

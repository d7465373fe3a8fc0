// A connection to a PostgreSQL server through libpq.

internal import CPostgreSQL
internal import Glibc
internal import Texts

/// Where a PostgreSQL server is: a URI of libpq without a password.
struct PostgreSQLAddress {
  let uri: String
  /// The location without user and options, for messages.
  let name: String

  /// Checks a URI; libpq understands it, so that all of its options may be used.
  init(_ location: String) throws {
    uri = location
    name = SourceLocation.shown(location)
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(location, &message) else {
      PQfreemem(message)
      // Not the words of libpq, which may repeat a password that is part of what it cannot read.
      throw ConnectorError.badLocation(
        location: name, reason: "it is not a connection URI of PostgreSQL")
    }
    defer { PQconninfoFree(options) }
    var option = options
    while let keyword = option.pointee.keyword {
      if ["password", "sslpassword"].contains(String(cString: keyword)), option.pointee.val != nil {
        throw ConnectorError.passwordInLocation(location: name)
      }
      option += 1
    }
  }
}

/// An open connection.
final class PostgreSQLConnection {
  let handle: OpaquePointer
  let name: String
  /// The quoted names of the tables whose locks are waited for; empty where a query decides.
  var lockedTables: [String] = []
  private let address: PostgreSQLAddress
  private let password: String?

  /// Connects, within ten seconds unless the URI says otherwise.
  ///
  /// Locks are waited for a minute, unless the URI, `PGOPTIONS` or the server says otherwise by
  /// `lock_timeout`.
  ///
  /// - Parameter password: the password; nil leaves it to libpq, which looks into `PGPASSWORD` and
  ///   `~/.pgpass`.
  init(_ address: PostgreSQLAddress, password: String? = nil) throws {
    self.address = address
    self.password = password
    name = address.name
    var options = [
      // What comes later wins, and the URI may say how long to wait.
      ("connect_timeout", "10"), ("tcp_user_timeout", "60000"), ("keepalives_idle", "30"),
      ("dbname", address.uri), ("client_encoding", "UTF8"),
      ("fallback_application_name", "mlcore"),
    ]
    if let password { options.append(("password", password)) }
    let connected = Self.withStrings(options.map(\.0)) { keys in
      Self.withStrings(options.map(\.1)) { values in PQconnectdbParams(keys, values, 1) }
    }
    guard let connected else {
      throw ConnectorError.cannotConnect(source: name, reason: "out of memory")
    }
    handle = connected
    guard PQstatus(handle) == CONNECTION_OK else {
      throw ConnectorError.cannotConnect(source: name, reason: message)
    }
    // Messages of the server about tables that exist already are not for the terminal.
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    try execute("set datestyle = 'ISO'; set timezone = 'UTC'", name: "settings")
    try execute(
      """
      select set_config('lock_timeout', '60s', false) where current_setting('lock_timeout') = '0'
      """, name: "settings")
  }

  deinit { PQfinish(handle) }

  /// Runs statements that return nothing.
  func execute(_ sql: String, name statement: String) throws {
    let result = PostgreSQLResult(PQexec(handle, sql))
    guard result.isSuccess else { throw failure(result, statement: statement, text: sql, rows: 0) }
  }

  /// Runs a query and keeps its rows.
  ///
  /// - Parameter parameters: strings for `$1`, `$2` and so on.
  func query(
    _ sql: String, _ parameters: [String] = [], name statement: String
  ) throws -> PostgreSQLResult {
    let result = Self.withStrings(parameters) { values in
      PostgreSQLResult(
        PQexecParams(handle, sql, Int32(parameters.count), nil, values, nil, nil, 0))
    }
    guard result.isSuccess else { throw failure(result, statement: statement, text: sql, rows: 0) }
    return result
  }

  /// What the last call says went wrong.
  var message: String { Self.oneLine(PQerrorMessage(handle)) }

  /// The error of a statement, after some rows.
  ///
  /// - Parameters:
  ///   - isUsers: whether a user wrote the statement.
  ///   - prefix: the number of characters that stand before the text of the user's query.
  func failure(
    _ result: PostgreSQLResult, statement: String, text: String, isUsers: Bool = false,
    prefix: Int = 0, rows: Int
  ) -> ConnectorError {
    // Shutdowns are of the classes 57P and 08.
    let state = result.field("C") ?? ""
    if PQstatus(handle) != CONNECTION_OK || state.hasPrefix("57P") || state.hasPrefix("08") {
      let reason = result.field("M") ?? message
      return .connectionLost(
        source: name, rows: rows, reason: reason.isEmpty ? "the server does not answer" : reason)
    }
    let reason = [result.field("M") ?? message, result.field("D")].compactMap(\.self)
      .joined(separator: ": ")
    switch state {
    case "55P03": return .lockHeld(source: name, holder: lockHolder())
    case "42501": return .noRight(source: name, reason: reason)
    case "2BP01": return .dependents(source: name, reason: reason)
    default: if !isUsers { return .databaseFailed(source: name, reason: reason) }
    }
    let position = result.field("P").flatMap { Int($0) }.map { $0 - 1 - prefix }
    return .statementFailed(
      source: name, statement: statement,
      place: position.flatMap { $0 < 0 ? nil : StatementPlace(character: $0, in: text) },
      reason: result.field("M") ?? message)
  }

  /// Who holds a lock that was waited for: on one of the tables, or else an exclusive one.
  ///
  /// Another connection asks, because the transaction of this one has failed.
  private func lockHolder() -> LockHolder? {
    guard let other = try? PostgreSQLConnection(address, password: password) else { return nil }
    let found = try? other.query(
      """
      select a.pid, a.usename, a.state, to_char(a.xact_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.granted and l.locktype = 'relation' and a.datname = current_database()
        and a.pid <> $1::int and a.pid <> pg_backend_pid()
        and case when $2::text[] = '{}' then l.mode = 'AccessExclusiveLock'
          else l.relation in (select to_regclass(t) from unnest($2::text[]) as t) end
      order by a.xact_start, a.pid limit 1
      """, [String(PQbackendPID(handle)), Self.array(of: lockedTables)], name: "locks")
    guard let found, found.rowCount == 1, let session = found.text(0, 0) else { return nil }
    return LockHolder(
      session: session, user: found.text(0, 1), state: found.text(0, 2), since: found.text(0, 3))
  }

  /// An array of strings as PostgreSQL reads it.
  static func array(of strings: [String]) -> String {
    // PostgreSQL holds no text with a zero byte, so there is nothing to say of one.
    let quoted = strings.filter { !$0.utf8.contains(0) }.map {
      "\"\($0.escaping("\\", "\"", with: "\\"))\""
    }
    return "{\(quoted.joined(separator: ","))}"
  }

  static func oneLine(_ text: UnsafePointer<CChar>?) -> String {
    guard let text else { return "" }
    return String(cString: text).foreignWords
  }

  private static func withStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies.map { UnsafePointer($0) } + [nil])
  }
}

/// The answer to a statement.
final class PostgreSQLResult {
  let handle: OpaquePointer?

  init(_ handle: OpaquePointer?) { self.handle = handle }

  deinit { PQclear(handle) }

  var status: ExecStatusType { PQresultStatus(handle) }

  var isSuccess: Bool { status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK }

  var rowCount: Int { Int(PQntuples(handle)) }

  /// The text of a cell, or nil where it is null.
  func text(_ row: Int, _ column: Int) -> String? {
    guard PQgetisnull(handle, Int32(row), Int32(column)) == 0 else { return nil }
    return PQgetvalue(handle, Int32(row), Int32(column)).map { String(cString: $0) }
  }

  /// A part of an error: `C` for its state, `M` for its message, `D` for details, `P` for the place
  /// in the statement.
  func field(_ code: Unicode.Scalar) -> String? {
    PQresultErrorField(handle, Int32(code.value)).map { PostgreSQLConnection.oneLine($0) }
  }
}

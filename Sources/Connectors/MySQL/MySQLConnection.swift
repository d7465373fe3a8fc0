// A connection to a MySQL or MariaDB server through libmariadb.

internal import CMariaDB
internal import Texts

/// An open connection whose transaction only reads.
final class MySQLConnection {
  let handle: UnsafeMutablePointer<MYSQL>
  let name: String

  /// Connects, within ten seconds.
  ///
  /// The password is that of `MLCORE_SOURCE_PASSWORD`, `MYSQL_PWD` or the `[client]` group of
  /// `~/.my.cnf`, from which TLS settings are taken too.
  init(_ address: ServerAddress) throws {
    name = address.name
    // The library counts threads and reads its environment once.
    guard Self.isReady, let handle = mysql_init(nil) else {
      throw ConnectorError.cannotConnect(source: address.name, reason: "out of memory")
    }
    self.handle = handle
    Self.set(handle, MYSQL_OPT_CONNECT_TIMEOUT, UInt32(10))
    // Sorting is waited for elsewhere; whoever then is silent for ten minutes is gone.
    Self.set(handle, MYSQL_OPT_READ_TIMEOUT, UInt32(600))
    Self.set(handle, MYSQL_OPT_WRITE_TIMEOUT, UInt32(60))
    // A server may otherwise ask for any file of the client.
    Self.set(handle, MYSQL_OPT_LOCAL_INFILE, UInt32(0))
    mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
    mysql_options(handle, MYSQL_READ_DEFAULT_GROUP, "client")
    let password = SecretPassword.ofSource(else: "MYSQL_PWD")
    let connected = mysql_real_connect(
      handle, address.host.isEmpty ? nil : address.host, address.user, password, address.database,
      address.port, address.socket, 0)
    guard connected != nil else {
      throw ConnectorError.cannotConnect(source: name, reason: message)
    }
    try execute("set session time_zone = '+00:00'")
    // The server's own limit may be a year.
    try execute(
      "set session lock_wait_timeout = least(@@lock_wait_timeout, 60), "
        + "session innodb_lock_wait_timeout = least(@@innodb_lock_wait_timeout, 60)")
    try execute("start transaction with consistent snapshot, read only")
  }

  deinit { mysql_close(handle) }

  private static let isReady = mysql_server_init(0, nil, nil) == 0

  private static func set(
    _ handle: UnsafeMutablePointer<MYSQL>, _ option: mysql_option, _ value: UInt32
  ) {
    withUnsafePointer(to: value) { _ = mysql_options(handle, option, $0) }
  }

  private func execute(_ sql: String) throws {
    guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else {
      throw ConnectorError.cannotConnect(source: name, reason: message)
    }
  }

  /// What the last call says went wrong.
  var message: String {
    String(cString: mysql_error(handle)).foreignWords
  }

  /// The error of a statement, after some rows.
  func failure(
    _ code: UInt32, _ message: String, statement: String, rows: Int
  ) -> ConnectorError {
    let lost = [
      CR_SERVER_GONE_ERROR, CR_SERVER_LOST, CR_CONN_HOST_ERROR, CR_CONNECTION_ERROR,
      ER_SERVER_SHUTDOWN, ER_CONNECTION_KILLED, ER_NET_READ_ERROR, CR_MALFORMED_PACKET,
    ]
    if lost.contains(Int32(bitPattern: code)) {
      return .connectionLost(source: name, rows: rows, reason: message)
    }
    switch Int32(bitPattern: code) {
    case ER_LOCK_WAIT_TIMEOUT: return .lockHeld(source: name, holder: lockHolder())
    case ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR, ER_DBACCESS_DENIED_ERROR,
      ER_SPECIFIC_ACCESS_DENIED_ERROR, ER_PROCACCESS_DENIED_ERROR:
      return .noRight(source: name, reason: message)
    default: break
    }
    // The server ends its messages with the line of the statement.
    let words = message.split(separator: " ")
    let line = words.suffix(3).starts(with: ["at", "line"]) ? words.last.flatMap { Int($0) } : nil
    return .statementFailed(
      source: name, statement: statement, place: line.map { StatementPlace(line: $0, column: nil) },
      reason: message)
  }

  /// The session that has been in a transaction for the longest time; nil where there is none, or the
  /// user may not see others.
  private func lockHolder() -> LockHolder? {
    let sql = """
      select t.trx_mysql_thread_id, p.user, lower(p.command),
        date_format(t.trx_started, '%Y-%m-%d %H:%i:%s')
      from information_schema.innodb_trx t
      left join information_schema.processlist p on p.id = t.trx_mysql_thread_id
      where t.trx_mysql_thread_id not in (0, connection_id()) order by t.trx_started limit 1
      """
    guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0,
      let result = mysql_store_result(handle)
    else { return nil }
    defer { mysql_free_result(result) }
    guard let row = mysql_fetch_row(result) else { return nil }
    func text(_ column: Int) -> String? { row[column].map { String(cString: $0) } }
    guard let session = text(0) else { return nil }
    return LockHolder(session: session, user: text(1), state: text(2), since: text(3))
  }
}

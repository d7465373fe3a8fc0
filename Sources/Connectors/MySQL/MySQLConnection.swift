// A connection to a MySQL or MariaDB server through libmariadb.

internal import CMariaDB

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
    String(cString: mysql_error(handle)).split(whereSeparator: \.isNewline).joined(separator: " ")
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
    // The server ends its messages with the line of the statement.
    let words = message.split(separator: " ")
    let line = words.suffix(3).starts(with: ["at", "line"]) ? words.last.flatMap { Int($0) } : nil
    return .statementFailed(
      source: name, statement: statement, place: line.map { StatementPlace(line: $0, column: nil) },
      reason: message)
  }
}

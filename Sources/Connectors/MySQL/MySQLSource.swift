// A MySQL or MariaDB database as a source of rows: sent as text, and taken from the connection as
// they come (an unbuffered result).

internal import CMariaDB
internal import Glibc
internal import Tables
internal import Texts

extension DatabaseKind {
  /// A server of MySQL or MariaDB.
  static let mysql = DatabaseKind(
    schemes: ["mysql", "mariadb"], form: "mysql://USER@HOST:PORT/DATABASE",
    password: ("MYSQL_PWD", "~/.my.cnf")
  ) { location in
    let address = try ServerAddress(location)
    return { try MySQLSource(address, checkCancelled: $0) }
  }
}

/// A MySQL database that is read.
final class MySQLSource: DataSource {
  let name: String
  private let connection: MySQLConnection
  /// The rows that are on their way; the connection is theirs until they end.
  private var stream: MySQLRows?

  private let checkCancelled: () throws -> Void

  init(_ address: ServerAddress, checkCancelled: @escaping () throws -> Void) throws {
    name = address.name
    self.checkCancelled = checkCancelled
    connection = try MySQLConnection(address)
  }

  func columns(of query: SourceQuery) throws -> [SourceColumn] {
    stream?.close()
    let handle = connection.handle
    guard let statement = mysql_stmt_init(handle) else {
      throw ConnectorError.connectionLost(source: name, rows: 0, reason: connection.message)
    }
    defer { mysql_stmt_close(statement) }
    guard mysql_stmt_prepare(statement, query.text, UInt(query.text.utf8.count)) == 0 else {
      throw connection.failure(
        mysql_stmt_errno(statement), String(cString: mysql_stmt_error(statement)),
        statement: query.name, rows: 0)
    }
    guard let result = mysql_stmt_result_metadata(statement) else {
      throw ConnectorError.notAQuery(statement: query.name)
    }
    defer { mysql_free_result(result) }
    let columns = try fields(of: result)
    try Self.check(columns, sortedBy: nil, of: query)
    return columns
  }

  func rows(of query: SourceQuery, sortedBy column: String?) throws -> any RowStream {
    let columns = try columns(of: query)
    try Self.check(columns, sortedBy: column, of: query)
    let order = column.map { name in
      let quoted = "`\(name.escaping("`", with: "`"))`"
      // By bytes: a collation may hold strings for equal that differ, and mix their rows.
      return columns.holdsText(in: name)
        ? "cast(\(quoted) as binary)" : quoted
    }
    let text = query.ordered(by: order)
    let handle = connection.handle
    func failure() -> ConnectorError {
      connection.failure(mysql_errno(handle), connection.message, statement: query.name, rows: 0)
    }
    guard mysql_send_query(handle, text, UInt(text.utf8.count)) == 0 else { throw failure() }
    // The server answers when it has sorted the rows.
    try SocketWait.untilReadable(
      Int32(mysql_get_socket(handle)), checkCancelled: checkCancelled)
    guard mysql_read_query_result(handle) == 0, let result = mysql_use_result(handle) else {
      throw failure()
    }
    let stream = MySQLRows(result, columns: columns, query: query, connection: connection)
    self.stream = stream
    return stream
  }

  private func fields(of result: UnsafeMutablePointer<MYSQL_RES>) throws -> [SourceColumn] {
    let count = Int(mysql_num_fields(result))
    guard let fields = mysql_fetch_fields(result) else { return [] }
    return try (0..<count).map { index in
      let field = fields[index]
      let column = field.name.map { String(cString: $0) } ?? ""
      guard let type = Self.type(of: field) else {
        throw ConnectorError.unsupportedType(
          source: name, column: column, type: Self.name(of: field))
      }
      return SourceColumn(name: column, type: type)
    }
  }

  /// What a column holds, or nil if a table has no place for it.
  private static func type(of field: MYSQL_FIELD) -> SourceType? {
    let isUnsigned = field.flags & UInt32(UNSIGNED_FLAG) != 0
    switch field.type {
    case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_YEAR:
      return .integer(bits: 32)
    case MYSQL_TYPE_LONG: return .integer(bits: isUnsigned ? 64 : 32)
    case MYSQL_TYPE_LONGLONG: return .integer(bits: 64)
    case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL:
      // The length counts a sign too, and may count it where there is none.
      return .decimal(digits: Int(field.length) - (isUnsigned ? 0 : 1), scale: Int(field.decimals))
    case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE: return .real
    case MYSQL_TYPE_DATE, MYSQL_TYPE_NEWDATE, MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP:
      return .instant
    case MYSQL_TYPE_TIME, MYSQL_TYPE_ENUM, MYSQL_TYPE_SET, MYSQL_TYPE_JSON, MYSQL_TYPE_NULL:
      return .text
    case MYSQL_TYPE_VARCHAR, MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_STRING, MYSQL_TYPE_TINY_BLOB,
      MYSQL_TYPE_MEDIUM_BLOB, MYSQL_TYPE_LONG_BLOB, MYSQL_TYPE_BLOB:
      return field.charsetnr == binaryCharacterSet ? nil : .text
    default: return nil
    }
  }

  /// The number of the character set that means bytes.
  private static let binaryCharacterSet: UInt32 = 63

  private static func name(of field: MYSQL_FIELD) -> String {
    switch field.type {
    case MYSQL_TYPE_BIT: "bit"
    case MYSQL_TYPE_GEOMETRY: "geometry"
    default: "binary"
    }
  }
}

/// The rows of a query.
private final class MySQLRows: RowStream {
  let columns: [SourceColumn]
  private let connection: MySQLConnection
  private let query: SourceQuery
  private var result: UnsafeMutablePointer<MYSQL_RES>?
  private var rowCount = 0
  private(set) var rounded: [RoundedValue] = []

  init(
    _ result: UnsafeMutablePointer<MYSQL_RES>, columns: [SourceColumn], query: SourceQuery,
    connection: MySQLConnection
  ) {
    self.result = result
    self.columns = columns
    self.query = query
    self.connection = connection
  }

  /// Nobody wants what is still on its way, nor the connection.
  deinit {
    guard result != nil else { return }
    shutdown(Int32(mysql_get_socket(connection.handle)), Int32(SHUT_RDWR))
    close()
  }

  /// Reads what is still on its way, so that the connection is free.
  func close() {
    if let result { mysql_free_result(result) }
    result = nil
  }

  func next() throws -> Table? {
    var batch = RowBatch(columns)
    while let result, !batch.isFull {
      guard let row = mysql_fetch_row(result), let lengths = mysql_fetch_lengths(result) else {
        let code = mysql_errno(connection.handle)
        let message = connection.message
        close()
        if code == 0 { break }
        throw connection.failure(
          code, message, statement: query.name, rows: rowCount + batch.rowCount)
      }
      do throws(RowBatch.BadCell) {
        try batch.add { index, builder in
          guard let text = row[index] else {
            builder.appendMissing()
            return true
          }
          return builder.append(text: Self.bytes(text, lengths[index]))
        }
      } catch {
        let value = row[error.column].map {
          String(decoding: Self.bytes($0, lengths[error.column]), as: UTF8.self)
        }
        throw ConnectorError.badValue(
          source: connection.name, row: rowCount + error.row + 1,
          column: columns[error.column].name, value: value ?? "",
          expected: columns[error.column].type.expectation)
      }
    }
    rounded.add(batch, after: rowCount, columns: columns)
    rowCount += batch.rowCount
    return batch.rowCount == 0 ? nil : batch.table()
  }

  private static func bytes(
    _ text: UnsafeMutablePointer<CChar>, _ length: UInt
  ) -> UnsafeBufferPointer<UInt8> {
    let raw = UnsafeRawBufferPointer(start: text, count: Int(length))
    return raw.assumingMemoryBound(to: UInt8.self)
  }
}

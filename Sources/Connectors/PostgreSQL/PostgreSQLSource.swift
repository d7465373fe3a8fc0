// A PostgreSQL database as a source of rows: sent as text, and taken from the connection as they
// come (single-row mode).

internal import CPostgreSQL
internal import Tables
internal import Texts

extension DatabaseKind {
  /// A server of PostgreSQL.
  static let postgresql = DatabaseKind(
    schemes: ["postgresql", "postgres"], form: "postgresql://USER@HOST:PORT/DATABASE",
    password: ("PGPASSWORD", "~/.pgpass")
  ) { location in
    let address = try PostgreSQLAddress(location)
    return { try PostgreSQLSource(address, checkCancelled: $0) }
  }
}

/// A PostgreSQL database that is read.
final class PostgreSQLSource: DataSource {
  let name: String
  private let connection: PostgreSQLConnection
  /// The rows that are on their way; the connection is theirs until they end.
  private var stream: PostgreSQLRows?

  private let checkCancelled: () throws -> Void

  init(_ address: PostgreSQLAddress, checkCancelled: @escaping () throws -> Void) throws {
    name = address.name
    self.checkCancelled = checkCancelled
    connection = try PostgreSQLConnection(
      address, password: SecretPassword.ofSource(else: nil))
    try connection.execute(
      "begin transaction isolation level repeatable read, read only", name: "begin")
  }

  func columns(of query: SourceQuery) throws -> [SourceColumn] {
    stream?.close()
    // A query that fails must not end the transaction, and with it all queries after it.
    try connection.execute("savepoint extract", name: query.name)
    defer { _ = try? connection.execute("rollback to extract", name: query.name) }
    let prepared = PostgreSQLResult(PQprepare(connection.handle, "", query.text, 0, nil))
    guard prepared.isSuccess else {
      throw connection.failure(
        prepared, statement: query.name, text: query.text, isUsers: true, rows: 0)
    }
    let described = PostgreSQLResult(PQdescribePrepared(connection.handle, ""))
    guard described.isSuccess else {
      throw connection.failure(
        described, statement: query.name, text: query.text, isUsers: true, rows: 0)
    }
    let columns = try (0..<PQnfields(described.handle)).map { index in
      let column = PQfname(described.handle, index).map { String(cString: $0) } ?? ""
      let type = PQftype(described.handle, index)
      let modifier = PQfmod(described.handle, index)
      guard let known = Self.type(ofIdentifier: type, modifier: modifier) else {
        throw ConnectorError.unsupportedType(
          source: name, column: column, type: type == Self.bytes ? "bytea" : "number \(type)")
      }
      return SourceColumn(name: column, type: known)
    }
    try Self.check(columns, sortedBy: nil, of: query)
    return columns
  }

  func rows(of query: SourceQuery, sortedBy column: String?) throws -> any RowStream {
    let columns = try columns(of: query)
    try Self.check(columns, sortedBy: column, of: query)
    let order = column.map { name in
      let quoted = SQLText.quoted(name)
      // By bytes, and what has no collation, such as uuid, by its text.
      return columns.holdsText(in: name)
        ? "\(quoted)::text collate \"C\" nulls first" : "\(quoted) nulls first"
    }
    let text = query.ordered(by: order)
    let handle = connection.handle
    guard PQsendQuery(handle, text) == 1, PQsetSingleRowMode(handle) == 1 else {
      throw ConnectorError.connectionLost(source: name, rows: 0, reason: connection.message)
    }
    let stream = PostgreSQLRows(
      columns: columns, query: query, connection: connection, checkCancelled: checkCancelled)
    self.stream = stream
    return stream
  }

  private static let bytes: Oid = 17
  private static let numeric: Oid = 1700

  /// What a column holds, by the number of its type in `pg_type`.
  ///
  /// Nil if a table has no place for it. Types that are not listed are read as the text that the
  /// server writes.
  private static func type(ofIdentifier type: Oid, modifier: Int32) -> SourceType? {
    switch type {
    case numeric where modifier >= 4:
      // 16 bits of digits, then 11 bits of a scale with its sign.
      .decimal(
        digits: Int(modifier - 4) >> 16, scale: ((Int(modifier - 4) & 0x7FF) ^ 0x400) - 0x400)
    case 21, 23: .integer(bits: 32)  // int2, int4
    case 20, 26: .integer(bits: 64)  // int8, oid
    case 700, 701, numeric: .real  // float4, float8, numeric
    case 1082, 1114, 1184: .instant  // date, timestamp, timestamptz
    case bytes: nil
    default: .text
    }
  }
}

/// The rows of a query.
private final class PostgreSQLRows: RowStream {
  let columns: [SourceColumn]
  private let connection: PostgreSQLConnection
  private let query: SourceQuery
  private var rowCount = 0
  private(set) var rounded: [RoundedValue] = []
  private var isDone = false

  private let checkCancelled: () throws -> Void

  init(
    columns: [SourceColumn], query: SourceQuery, connection: PostgreSQLConnection,
    checkCancelled: @escaping () throws -> Void
  ) {
    self.checkCancelled = checkCancelled
    self.columns = columns
    self.query = query
    self.connection = connection
  }

  /// Reads what is still on its way, so that the connection is free.
  func close() {
    while !isDone, let rest = PQgetResult(connection.handle) { PQclear(rest) }
    isDone = true
  }

  func next() throws -> Table? {
    var batch = RowBatch(columns)
    while !isDone, !batch.isFull {
      while PQisBusy(connection.handle) == 1 {
        try SocketWait.untilReadable(PQsocket(connection.handle), checkCancelled: checkCancelled)
        // What goes wrong here is told by the result.
        PQconsumeInput(connection.handle)
      }
      guard let handle = PQgetResult(connection.handle) else { break }
      let result = PostgreSQLResult(handle)
      // The last one has no row and says that all went well.
      if result.status == PGRES_TUPLES_OK { continue }
      guard result.status == PGRES_SINGLE_TUPLE else {
        let error = connection.failure(
          result, statement: query.name, text: query.text, isUsers: true,
          prefix: Self.prefix, rows: rowCount + batch.rowCount)
        close()
        throw error
      }
      try add(handle, to: &batch)
    }
    if !batch.isFull { isDone = true }
    rounded.add(batch, after: rowCount, columns: columns)
    rowCount += batch.rowCount
    return batch.rowCount == 0 ? nil : batch.table()
  }

  /// The characters before the text of the query in the statement that is sent.
  private static let prefix = "select * from (".count

  private func add(_ row: OpaquePointer, to batch: inout RowBatch) throws {
    do throws(RowBatch.BadCell) {
      try batch.add { index, builder in
        guard let bytes = Self.bytes(row, index) else {
          builder.appendMissing()
          return true
        }
        if PQftype(row, Int32(index)) == Self.boolean {
          builder.append(string: bytes.first == UInt8(ascii: "t") ? "true" : "false")
          return true
        }
        return builder.append(text: bytes)
      }
    } catch {
      let value = Self.bytes(row, error.column).map { String(decoding: $0, as: UTF8.self) }
      throw ConnectorError.badValue(
        source: connection.name, row: rowCount + error.row + 1,
        column: columns[error.column].name, value: value ?? "",
        expected: columns[error.column].type.expectation)
    }
  }

  /// The number of `bool` in `pg_type`, whose text is `t` or `f`.
  private static let boolean: Oid = 16

  private static func bytes(_ row: OpaquePointer, _ index: Int) -> UnsafeBufferPointer<UInt8>? {
    guard PQgetisnull(row, 0, Int32(index)) == 0, let value = PQgetvalue(row, 0, Int32(index))
    else { return nil }
    let count = Int(PQgetlength(row, 0, Int32(index)))
    return UnsafeRawBufferPointer(start: value, count: count).assumingMemoryBound(to: UInt8.self)
  }
}

// Vectors in PostgreSQL with pgvector: loading, and nearest neighbours.
//
// Tables are loaded into others beside them, checked there, and put in their place, all in one
// transaction: who reads sees the old tables until all new ones are there, and whatever goes wrong
// leaves the old ones.

internal import CPostgreSQL
internal import Texts

/// A PostgreSQL database that has pgvector.
///
/// It belongs to one thread.
public final class PGVectorTarget {
  /// The location without user and options, for messages.
  public var name: String { connection.name }
  let connection: PostgreSQLConnection

  /// Connects to `postgresql://user@host:port/database`, with the password of `PGPASSWORD` or
  /// `~/.pgpass`; that of sources is not for this database.
  ///
  /// - Throws: a `ConnectorError`, as the other methods do; a location with a password is refused.
  public init(_ location: String) throws {
    connection = try PostgreSQLConnection(try Self.address(location))
    let found = try connection.query(
      "select 1 from pg_extension where extname = 'vector'", name: "pgvector")
    guard found.rowCount == 1 else { throw ConnectorError.noVectorExtension(source: name) }
  }

  /// The name of a location in messages, once it is known to be one; nobody is asked.
  ///
  /// - Throws: a `ConnectorError`; a location with a password is refused.
  public static func name(of location: String) throws -> String {
    _ = try address(location)
    return SourceLocation.shown(location)
  }

  private static func address(_ location: String) throws -> PostgreSQLAddress {
    guard DatabaseKind.postgresql.matches(location) else {
      throw ConnectorError.notPostgreSQL(location: SourceLocation.shown(location))
    }
    return try PostgreSQLAddress(location)
  }

  /// Puts new tables in the place of those of the same names.
  ///
  /// The rights that others have on the old tables, and what others added to them, such as indexes,
  /// goes over to the new ones; what cannot is told before it goes. Views and foreign keys on an old
  /// table are in the way, and the database says so.
  /// - Parameters:
  ///   - index: also build an index of nearest neighbours.
  ///   - isForced: replace tables of other dimensions and of others too; without it that is an error.
  ///   - checks: for each table by name what its nearest neighbours must be.
  ///   - tell: takes what goes with the old tables, in words.
  ///   - checkCancelled: throws if the work shall stop; then the old tables stay.
  public func load(
    _ tables: [PGVectorTable], index: VectorIndex? = nil, isForced: Bool = false,
    checks: [String: [NeighborCheck]] = [:], tell: (String) -> Void = { _ in },
    checkCancelled: () throws -> Void = {}
  ) throws {
    for table in tables { try table.check(isIndexed: index != nil) }
    let names = tables.map(\.name)
    precondition(Set(names).count == names.count, "two tables have the same name")
    if let index {
      guard 2...100 ~= index.m, max(4, 2 * index.m)...1_000 ~= index.efConstruction else {
        throw ConnectorError.badVectorTable(
          table: names[0],
          reason: "an index has m from 2 to 100 and ef_construction from 2 * m to 1000, "
            + "found \(index.m) and \(index.efConstruction)")
      }
    }
    connection.lockedTables = names.map(Self.quoted)
    try run("begin")
    do {
      for table in tables { try checkPresent(table, isForced: isForced, tell: tell) }
      for table in tables {
        try fill(table)
        try checkCancelled()
        if let index { try build(index, of: table) }
        try checkCancelled()
        try checkLoaded(table, checks[table.name] ?? [])
      }
      try checkCancelled()
      for table in tables { try swap(table, hasIndex: index != nil, tell: tell) }
      try run("commit")
    } catch {
      _ = try? run("rollback")
      throw error
    }
  }

  /// The comment of a table; nil if there is none, or no such table.
  public func comment(of table: String) throws -> String? {
    let found = try connection.query(
      "select obj_description(to_regclass($1), 'pg_class')", [Self.quoted(table)], name: table)
    return found.rowCount == 1 ? found.text(0, 0) : nil
  }

  // MARK: - Steps

  private func fill(_ table: PGVectorTable) throws {
    let staging = Self.staging(table)
    try run(
      """
      create table \(staging) (id \(table.ids.type) constraint \(Self.quoted(Self.key(table, isNew: true)))
        primary key, embedding vector(\(table.dimension)) not null)
      """)
    let copy = "copy \(staging) (id, embedding) from stdin (format binary)"
    let started = PostgreSQLResult(PQexec(connection.handle, copy))
    guard started.status == PGRES_COPY_IN else { throw failure(started, copy) }
    try BinaryCopy.write(table) { bytes in
      let isSent = bytes.withUnsafeBytes {
        PQputCopyData(
          connection.handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count))
      }
      guard isSent == 1 else { throw lost() }
    }
    guard PQputCopyEnd(connection.handle, nil) == 1 else { throw lost() }
    let finished = PostgreSQLResult(PQgetResult(connection.handle))
    while let rest = PQgetResult(connection.handle) { PQclear(rest) }
    guard finished.isSuccess else { throw failure(finished, copy) }
  }

  private func build(_ index: VectorIndex, of table: PGVectorTable) throws {
    try run(
      """
      create index \(Self.quoted(Self.index(table, isNew: true))) on \(Self.staging(table))
        using hnsw (embedding vector_ip_ops)
        with (m = \(index.m), ef_construction = \(index.efConstruction))
      """)
  }

  private func swap(_ table: PGVectorTable, hasIndex: Bool, tell: (String) -> Void) throws {
    let staging = Self.staging(table)
    let live = Self.quoted(table.name)
    let rights = try connection.query(
      """
      select format('grant %s%s on %s to %s%s', a.privilege_type, g.columns, $2::text,
        case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
        case when a.is_grantable then ' with grant option' else '' end)
      from pg_class c, (
        select relacl, oid, '' from pg_class union all
        select attacl, attrelid, format(' (%I)', attname) from pg_attribute
        where attname in ('id', 'embedding')
      ) as g (acl, relation, columns), aclexplode(g.acl) a
      where c.oid = to_regclass($1) and g.relation = c.oid and a.grantee <> c.relowner
      """, [live, staging], name: table.name)
    for row in 0..<rights.rowCount { if let grant = rights.text(row, 0) { try run(grant) } }
    let additions = try additions(to: table)
    try run("drop table if exists \(live)")
    try run("alter table \(staging) rename to \(live)")
    try run("comment on table \(live) is \(Self.literal(table.comment))")
    try rename(Self.key(table, isNew: true), to: Self.key(table, isNew: false))
    if hasIndex { try rename(Self.index(table, isNew: true), to: Self.index(table, isNew: false)) }
    try restore(additions, to: table, tell: tell)
  }

  private func rename(_ index: String, to name: String) throws {
    try run("alter index \(Self.quoted(index)) rename to \(Self.quoted(name))")
  }

  // MARK: - Names

  static func stagingName(_ table: PGVectorTable) -> String { "mlcore_staging_\(table.name)" }

  private static func staging(_ table: PGVectorTable) -> String { quoted(stagingName(table)) }

  static func key(_ table: PGVectorTable, isNew: Bool) -> String {
    "\(isNew ? "mlcore_new_" : "")\(table.name)_pkey"
  }

  static func index(_ table: PGVectorTable, isNew: Bool) -> String {
    "\(isNew ? "mlcore_new_" : "")\(table.name)_hnsw"
  }

  static func quoted(_ name: String) -> String { SQLText.quoted(name) }

  private static func literal(_ text: String) -> String {
    "'\(text.escaping("'", with: "'"))'"
  }

  // MARK: - Calls

  func run(_ sql: String) throws { try connection.execute(sql, name: "pgvector") }

  private func failure(_ result: PostgreSQLResult, _ sql: String) -> ConnectorError {
    connection.failure(result, statement: "pgvector", text: sql, rows: 0)
  }

  private func lost() -> ConnectorError {
    .connectionLost(source: name, rows: 0, reason: connection.message)
  }
}

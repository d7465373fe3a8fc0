// MySQL and PostgreSQL as sources, against real servers.

import CMariaDB
import Foundation
import Tables
import TestSupport
import Testing

@testable import Connectors

@Suite(.onOwnThread, .serialized) struct ServerSourceTests {
  @Test(arguments: TestServer.present)
  func `columns keep their types and values`(_ server: TestServer) throws {
    let double = server == .mysql ? "double" : "double precision"
    let instant = server == .mysql ? "datetime(6)" : "timestamp"
    try server.execute(
      "drop table if exists typed",
      """
      create table typed (a int, b smallint, c bigint, d decimal(10,2), e varchar(15), f text,
        g date, h \(instant), i \(double), j boolean, k time)
      """,
      """
      insert into typed values (-1, 2, 9007199254740993, 53.90, 'a,"b''\n', '', '2003-01-06',
        '2003-01-06 12:00:00.25', 0.1, true, '10:11:12'), (null, null, null, null, null, null, null,
        null, null, null, null)
      """)
    let source = try server.source()
    let query = try SourceQuery("select * from typed order by a desc", name: "q.sql")
    let types = try source.columns(of: query).map(\.type)
    #expect(
      types == [
        .integer(bits: 32), .integer(bits: 32), .integer(bits: 64), .real, .text, .text, .instant,
        .instant, .real, server == .mysql ? .integer(bits: 32) : .text, .text,
      ])
    let rows = try source.texts("select * from typed", sortedBy: "a")
    #expect(rows.count == 2 && rows[0].allSatisfy { $0 == nil })
    #expect(
      rows.last == [
        "-1", "2", "9007199254740993", "53.9", "a,\"b'\n", nil, "2003-01-06T00:00:00Z",
        "2003-01-06T12:00:00.250000Z", "0.1", server == .mysql ? "1" : "true", "10:11:12",
      ])
  }

  @Test(arguments: TestServer.present)
  func `rows come sorted by bytes, whatever the collation holds for equal`(
    _ server: TestServer
  ) throws {
    try server.execute(
      "drop table if exists keys_of_all_kinds",
      "create table keys_of_all_kinds (k varchar(9), n int)",
      """
      insert into keys_of_all_kinds values ('b', 1), ('A', 2), (null, 3), ('a', 4), ('a ', 5),
        ('B', 6), ('', 7), ('é', 8), ('A', 9), ('007', 10), ('e', 11), (null, null)
      """)
    let source = try server.source()
    let keys = try source.texts("select k from keys_of_all_kinds -- all;", sortedBy: "k")
      .map { $0[0] }
    #expect(keys == [nil, nil, nil, "007", "A", "A", "B", "a", "a ", "b", "e", "é"])
    let numbers = try source.texts("select n from keys_of_all_kinds;", sortedBy: "n").map { $0[0] }
    #expect(numbers == [nil] + (1...11).map { String($0) })
  }

  @Test(arguments: TestServer.present)
  func `many rows come in batches, and a stream may be left early`(_ server: TestServer) throws {
    let numbers =
      "with recursive s (n) as (select 1 union all select n + 1 from s where n < 40000) "
      + "select n, concat('row ', n) as t from s"
    let settings = server == .mysql ? "set global max_recursive_iterations = 100000" : "select 1"
    try server.execute(settings)
    let source = try server.source()
    let query = try SourceQuery(numbers, name: "q.sql")
    let left = try source.rows(of: query, sortedBy: "n")
    #expect(try left.next()?.rowCount == RowBatch.rowLimit)
    let whole = try source.rows(of: query, sortedBy: "n")
    var sizes: [Int] = []
    while let table = try whole.next() { sizes.append(table.rowCount) }
    #expect(sizes.reduce(0, +) == 40_000 && sizes.count == 3)
    #expect(try left.next() == nil, "the stream before has ended")
  }

  @Test(arguments: TestServer.present)
  func `mistakes in queries are named, and the next query works`(_ server: TestServer) throws {
    let source = try server.source()
    let error = try #require(throws: ConnectorError.self) {
      try source.texts("select 1 as a,\n  nothing\n  fron x")
    }
    guard case .statementFailed(source.name, "q.sql", let place?, let reason) = error else {
      Issue.record("got \(error)")
      return
    }
    #expect(place.line == 3 && !reason.isEmpty && error.kind == .badData, "\(error)")
    #expect(throws: ConnectorError.notAQuery(statement: "q.sql")) {
      try source.texts("drop table if exists typed")
    }
    #expect(throws: ConnectorError.duplicateColumn(statement: "q.sql", name: "a")) {
      try source.texts("select 1 as a, 2 as a")
    }
    #expect(
      throws: ConnectorError.unknownColumn(statement: "q.sql", name: "customr", known: ["customer"])
    ) { try source.texts("select 1 as customer", sortedBy: "customr") }
    #expect(try source.texts("select 1 as a") == [["1"]])
  }

  @Test(arguments: TestServer.present)
  func `values and types that no table holds are named`(_ server: TestServer) throws {
    let source = try server.source()
    let bytes = server == .mysql ? "cast('x' as binary)" : "'x'::bytea"
    let unsupported = try #require(throws: ConnectorError.self) {
      try source.texts("select 1 as a, \(bytes) as image")
    }
    guard case .unsupportedType(source.name, "image", _) = unsupported else {
      Issue.record("got \(unsupported)")
      return
    }
    let large =
      server == .mysql ? "18446744073709551615" : "timestamp 'infinity'"
    let unfit = try #require(throws: ConnectorError.self) {
      try source.texts("select \(large) as x")
    }
    guard case .badValue(source.name, 1, "x", _, _) = unfit else {
      Issue.record("got \(unfit)")
      return
    }
  }

  @Test(arguments: TestServer.present)
  func `sources cannot be written through`(_ server: TestServer) throws {
    try server.execute("drop table if exists kept", "create table kept (a int)")
    let source = try server.source()
    #expect(throws: ConnectorError.self) { try source.texts("delete from kept") }
    #expect(throws: ConnectorError.self) { try source.texts("select 1; drop table kept") }
    #expect(try source.texts("select * from kept") == [])
  }

  @Test(arguments: TestServer.present)
  func `a connection that is killed in the middle is told as lost`(_ server: TestServer) throws {
    let source = try server.source()
    let identity = server == .mysql ? "connection_id()" : "pg_backend_pid()"
    let id = try #require(try source.texts("select \(identity) as id")[0][0])
    let rows =
      server == .mysql
      ? "select a.seq as n, repeat('x', 500) as t from seq_1_to_1000000 a"
      : "select n, repeat('x', 500) as t from generate_series(1, 1000000) n"
    let stream = try source.rows(of: SourceQuery(rows, name: "q.sql"), sortedBy: nil)
    #expect(try stream.next()?.rowCount == RowBatch.rowLimit)
    try server.execute(
      server == .mysql ? "kill connection \(id)" : "select pg_terminate_backend(\(id))")
    let error = try #require(throws: ConnectorError.self) { while try stream.next() != nil {} }
    guard case .connectionLost(source.name, let rows, let reason) = error else {
      Issue.record("got \(error)")
      return
    }
    #expect(rows >= RowBatch.rowLimit && !reason.isEmpty && error.kind == .remote)
  }

  @Test(arguments: TestServer.present)
  func `a server that takes its time can be left`(_ server: TestServer) throws {
    struct Stop: Error {}
    var calls = 0
    let source = try DataSources.open(try #require(server.uri)) {
      calls += 1
      if calls > 2 { throw Stop() }
    }
    // A minute, if nobody stopped it.
    let slow = server == .mysql ? "select sleep(60) as s" : "select pg_sleep(60)::text as s"
    #expect(throws: Stop.self) { try source.texts(slow) }
    #expect(calls == 3)
  }

  @Test(arguments: ["mysql://nobody@127.0.0.1:1/shop", "postgresql://nobody@127.0.0.1:1/shop"])
  func `a server that is not there cannot be reached`(_ uri: String) throws {
    let error = try #require(throws: ConnectorError.self) { try DataSources.open(uri) }
    guard case .cannotConnect(let source, let reason) = error else {
      Issue.record("got \(error)")
      return
    }
    #expect(source == uri.replacing("nobody@", with: "") && !reason.isEmpty)
    #expect(error.kind == .remote)
  }

  @Test(.enabled(if: TestServer.mysql.uri != nil))
  func `a user without the password is refused`() throws {
    let uri = try #require(TestServer.mysql.uri).replacing("tester@", with: "guarded@")
    let error = try #require(throws: ConnectorError.self) { try DataSources.open(uri) }
    #expect(error.kind == .remote)
  }

  @Test(arguments: TestServer.present)
  func `whole decimals stay whole, and a decimal that a double does not hold is told`(
    _ server: TestServer
  ) throws {
    try server.execute(
      "drop table if exists exact",
      "create table exact (a decimal(18,0), b decimal(20,0), c decimal(20,2))",
      """
      insert into exact values (9007199254740993, 18446744073709551617, 0.10),
        (-9007199254740993, 5, 9007199254740993.25)
      """)
    let source = try server.source()
    let query = try SourceQuery("select * from exact order by c", name: "q.sql")
    #expect(try source.columns(of: query).map(\.type) == [.integer(bits: 64), .text, .real])
    let stream = try source.rows(of: query, sortedBy: "c")
    let table = try #require(try stream.next())
    #expect(table.columns[0].text(row: 1) == "-9007199254740993")
    #expect(table.columns[1].text(row: 0) == "18446744073709551617")
    #expect(
      stream.rounded == [RoundedValue(row: 2, column: "c", text: "9007199254740993.25")])
  }

  @Test(arguments: TestServer.present)
  func `a table that somebody else has locked ends the waiting`(_ server: TestServer) throws {
    try server.execute("drop table if exists locked_rows", "create table locked_rows (a int)")
    let uri = try #require(server.uri)
    let query = try SourceQuery("select a from locked_rows", name: "q.sql")
    var error: ConnectorError?
    switch server {
    case .postgresql:
      let holder = try PostgreSQLConnection(PostgreSQLAddress(uri))
      defer { withExtendedLifetime(holder) {} }
      try holder.execute("begin; lock table locked_rows", name: "test")
      let source = try DataSources.open(uri + "?options=-c%20lock_timeout%3D50ms")
      error = try #require(throws: ConnectorError.self) { try source.columns(of: query) }
    case .mysql:
      let holder = try MySQLConnection(ServerAddress(uri))
      defer { withExtendedLifetime(holder) {} }
      for statement in [
        "rollback", "set global lock_wait_timeout = 1", "lock tables locked_rows write",
      ] {
        let code = mysql_real_query(holder.handle, statement, UInt(statement.utf8.count))
        try #require(code == 0, "\(holder.message)")
      }
      let source = try DataSources.open(uri)
      error = try #require(throws: ConnectorError.self) {
        try source.texts("select a from locked_rows")
      }
      try server.execute("set global lock_wait_timeout = 86400")
    }
    guard case .lockHeld? = error else {
      Issue.record("got \(String(describing: error))")
      return
    }
    #expect(error?.kind == .remote)
  }

  @Test(arguments: TestServer.present)
  func `a right that lacks is not a mistake of the query`(_ server: TestServer) throws {
    let uri = try #require(server.uri)
    let weak: String
    switch server {
    case .postgresql:
      try server.execute(
        "drop table if exists secret_rows", "create table secret_rows (a int)",
        "drop role if exists weak_reader", "create role weak_reader login")
      weak = uri.replacing("tester@", with: "weak_reader@")
    case .mysql:
      try server.execute(
        "create database if not exists secret_data",
        "create or replace table secret_data.secret_rows (a int)",
        "create or replace user 'weak_reader'@'127.0.0.1'",
        "grant select on mlcore_test.* to 'weak_reader'@'127.0.0.1'")
      weak = uri.replacing("tester@", with: "weak_reader@")
    }
    let name = server == .mysql ? "secret_data.secret_rows" : "secret_rows"
    let source = try DataSources.open(weak)
    let error = try #require(throws: ConnectorError.self) {
      try source.texts("select a from \(name)")
    }
    guard case .noRight(_, let reason) = error else {
      Issue.record("got \(error)")
      return
    }
    #expect(error.kind == .remote && reason.contains("denied"), "\(reason)")
  }
}

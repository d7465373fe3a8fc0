// SQLite files as sources: types, order, batches, and what is wrong with files and queries.

import Foundation
import Tables
import TestSupport
import Testing

@testable import Connectors

@Suite(.onOwnThread) struct SQLiteSourceTests {
  private let folder = try? TemporaryFolder()

  /// Opens a database that statements make.
  private func source(_ sql: String) throws -> any DataSource {
    let path = try #require(folder).appending("test.sqlite")
    try? FileManager.default.removeItem(atPath: path)
    let writer = try SQLiteWriter(path: path)
    try writer.define(sql)
    try writer.close()
    return try DataSources.open(path)
  }

  private func query(_ text: String) throws -> SourceQuery { try SourceQuery(text, name: "q.sql") }

  @Test func `columns have the types that their tables declare`() throws {
    let source = try source(
      """
      create table t (a int(11), b smallint, c bigint, d decimal(10,2), e varchar(15), f text,
        g date, h datetime, i double, j integer);
      insert into t values (1, 2, 9007199254740993, 53.9, 'x', '', '2003-01-06',
        '2003-01-06 12:00:00', 0.5, -1);
      insert into t values (null, null, null, null, null, null, null, null, null, null);
      """)
    let query = try query("select * from t")
    let types: [SourceType] = [
      .integer(bits: 32), .integer(bits: 32), .integer(bits: 64), .real, .text, .text, .instant,
      .instant, .real, .integer(bits: 64),
    ]
    #expect(try source.columns(of: query).map(\.type) == types)
    let rows = try source.rows(of: query, sortedBy: nil)
    let table = try #require(try rows.next())
    #expect(try rows.next() == nil)
    #expect(
      table.columns.map { $0.text(row: 0) } == [
        "1", "2", "9007199254740993", "53.9", "x", nil, "2003-01-06T00:00:00Z",
        "2003-01-06T12:00:00Z", "0.5", "-1",
      ])
    #expect(table.columns.allSatisfy { $0.text(row: 1) == nil })
  }

  @Test func `expressions have the types of their values`() throws {
    let source = try source("create table t (a int); insert into t values (1), (2), (null)")
    let query = try query(
      "select a + 1 as i, a * 0.5 as r, 'x' || a as s, null as n, count(*) over () as c from t")
    #expect(
      try source.columns(of: query).map(\.type) == [
        .integer(bits: 64), .real, .text, .text, .integer(bits: 64),
      ])
  }

  @Test func `rows come sorted by the bytes of a column, missing ones first`() throws {
    let source = try source(
      """
      create table t (k varchar(9) collate nocase);
      insert into t values ('b'), ('A'), (null), ('a'), ('B'), (''), ('é'), ('A');
      """)
    let rows = try source.rows(of: query("select k from t -- all"), sortedBy: "k")
    let table = try #require(try rows.next())
    let keys = (0..<table.rowCount).map { table.columns[0].text(row: $0) }
    #expect(keys == [nil, nil, "A", "A", "B", "a", "b", "é"])
  }

  @Test func `many rows come in batches`() throws {
    let count = 2 * RowBatch.rowLimit + 1
    let source = try source(
      """
      create table t (n int);
      with recursive s (n) as (select 1 union all select n + 1 from s where n < \(count))
        insert into t select n from s;
      """)
    let rows = try source.rows(of: query("select n from t"), sortedBy: "n")
    var sizes: [Int] = []
    while let table = try rows.next() { sizes.append(table.rowCount) }
    #expect(sizes == [RowBatch.rowLimit, RowBatch.rowLimit, 1])
  }

  @Test func `whole decimals stay whole, and numbers that a double does not hold are told`() throws
  {
    let source = try source(
      """
      create table t (a decimal(20,0), b numeric, c decimal(10,2), d numeric);
      insert into t values (9007199254740993, 9007199254740993, 9007199254740993, 0.5),
        (2, 3, 4, 5);
      """)
    let columns = try source.columns(of: query("select * from t"))
    #expect(columns.map(\.type) == [.integer(bits: 64), .integer(bits: 64), .real, .real])
    let rows = try source.rows(of: query("select * from t"), sortedBy: nil)
    let table = try #require(try rows.next())
    #expect(table.columns[0].text(row: 0) == "9007199254740993")
    #expect(rows.rounded == [RoundedValue(row: 1, column: "c", text: "9007199254740993")])
  }

  @Test func `a value that does not fit its column is named`() throws {
    let source = try source("create table t (n int); insert into t values (1), ('one')")
    let rows = try source.rows(of: query("select n from t"), sortedBy: nil)
    let expected = ConnectorError.badValue(
      source: source.name, row: 2, column: "n", value: "one",
      expected: "a whole number of 32 bits")
    #expect(throws: expected) { try rows.next() }
  }

  @Test(arguments: ["9e999", "-9e999"])
  func `an infinity is named, as readers of tables refuse it`(_ infinity: String) throws {
    let source = try source("create table t (x real); insert into t values (1.5), (\(infinity))")
    for text in ["select x from t", "select x + 0 as x from t"] {
      let rows = try source.rows(of: query(text), sortedBy: nil)
      let expected = ConnectorError.badValue(
        source: source.name, row: 2, column: "x", value: infinity.hasPrefix("-") ? "-Inf" : "Inf",
        expected: "a finite number")
      #expect(throws: expected) { try rows.next() }
    }
  }

  @Test func `mistakes in queries are named with their place`() throws {
    let source = try source("create table t (customerNumber int, b blob)")
    #expect(
      throws: ConnectorError.statementFailed(
        source: "SQLite", statement: "q.sql", place: StatementPlace(line: 2, column: 3),
        reason: "near \"fron\": syntax error")
    ) { try source.columns(of: query("select *\n  fron t")) }
    #expect(throws: ConnectorError.notAQuery(statement: "q.sql")) {
      try source.columns(of: query("create table u (a)"))
    }
    #expect(throws: ConnectorError.duplicateColumn(statement: "q.sql", name: "a")) {
      try source.columns(of: query("select 1 as a, 2 as a"))
    }
    let unknown = try #require(throws: ConnectorError.self) {
      try source.rows(of: query("select customerNumber from t"), sortedBy: "customernumbr")
    }
    #expect(
      unknown
        == .unknownColumn(
          statement: "q.sql", name: "customernumbr", known: ["customerNumber"]))
    #expect(throws: ConnectorError.self) {
      try source.rows(of: query("delete from t"), sortedBy: nil)
    }
  }

  @Test func `what is no database is refused`() throws {
    let folder = try #require(folder)
    #expect(throws: ConnectorError.notFound(path: folder.appending("none.db"))) {
      try DataSources.open(folder.appending("none.db"))
    }
    let text = folder.appending("text.db")
    try Data(String(repeating: "no database ", count: 200).utf8).write(to: URL(filePath: text))
    let error = try #require(throws: ConnectorError.self) { try DataSources.open(text) }
    guard case .notADatabase = error else {
      Issue.record("got \(error)")
      return
    }
  }
}

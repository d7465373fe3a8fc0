// Vectors in a real PostgreSQL with pgvector.

import Foundation
import NumericCore
import TestSupport
import Testing

@testable import Connectors

@Suite(.onOwnThread, .enabled(if: TestServer.postgresql.uri != nil)) struct PGVectorTests {
  private let uri = TestServer.postgresql.uri ?? ""
  private static let strange = [
    "007", "7", "it's", "a,b", "a\"b", "{x}", "line\nend", "back\\slash", "é", " ", "null",
  ]

  /// Vectors of unit length.
  private func table(
    _ name: String, count: Int = 40, dimension: Int = 8, seed: UInt64 = 1
  ) -> PGVectorTable {
    var draw = SeededGenerator(seed: seed)
    var vectors: [Float] = []
    for _ in 0..<count {
      let vector = (0..<dimension).map { _ in draw.normal() }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vectors += vector.map { Float($0 / length) }
    }
    let ids = (0..<count).map {
      $0 < Self.strange.count ? Self.strange[$0] : "S\($0)_\(1_000 + $0)"
    }
    return PGVectorTable(name: name, ids: .text(ids), dimension: dimension, vectors: vectors)
  }

  /// The slow and obvious search.
  private func nearest(
    _ vector: [Float], _ table: PGVectorTable, _ metric: VectorMetric, excluding: [String] = []
  ) -> [VectorNeighbor] {
    (0..<table.ids.count).filter { !excluding.contains(table.ids[$0]) }.map { row in
      let other = table.vectors[row * table.dimension..<(row + 1) * table.dimension]
      let distance: Double =
        switch metric {
        case .innerProduct: -zip(vector, other).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        case .euclidean:
          zip(vector, other).reduce(0) {
            $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
          }.squareRoot()
        }
      return VectorNeighbor(id: table.ids[row], distance: distance)
    }.sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
  }

  private func vector(_ row: Int, of table: PGVectorTable) -> [Float] {
    Array(table.vectors[row * table.dimension..<(row + 1) * table.dimension])
  }

  private func expectSame(_ found: [VectorNeighbor], _ expected: some Sequence<VectorNeighbor>) {
    let expected = Array(expected)
    #expect(found.map(\.id) == expected.map(\.id))
    for (one, other) in zip(found, expected) {
      #expect(abs(one.distance - other.distance) < 1e-5)
    }
  }

  @Test func `tables are loaded, checked and searched`() throws {
    let items = table("load_items")
    let users = PGVectorTable(
      name: "load_users", ids: .int32([103, -5, 478]), dimension: 2,
      vectors: [1, 0, 0, 1, 0.6, 0.8])
    let target = try PGVectorTarget(uri)
    let checks = (0..<5).map { row in
      NeighborCheck(
        vector: vector(row, of: items),
        expected: Array(nearest(vector(row, of: items), items, .innerProduct).prefix(10)))
    }
    try target.load([items, users], checks: ["load_items": checks])
    #expect(try target.rowCount(of: "load_items") == 40)
    for metric in [VectorMetric.innerProduct, .euclidean] {
      let query = vector(3, of: items)
      expectSame(
        try target.nearest(to: query, in: "load_items", by: metric, count: 7),
        nearest(query, items, metric).prefix(7))
      let excluded = Self.strange
      expectSame(
        try target.nearest(to: query, in: "load_items", by: metric, count: 7, excluding: excluded),
        nearest(query, items, metric, excluding: excluded).prefix(7))
      for (row, id) in Self.strange.enumerated() {
        expectSame(
          try target.nearest(toID: id, in: "load_items", by: metric, count: 3),
          nearest(vector(row, of: items), items, metric, excluding: [id]).prefix(3))
      }
    }
    expectSame(
      try target.nearest(toID: "478", in: "load_users", by: .innerProduct, count: 9),
      [VectorNeighbor(id: "-5", distance: -0.8), VectorNeighbor(id: "103", distance: -0.6)])
    #expect(throws: ConnectorError.noSuchVector(table: "load_users", id: "1")) {
      try target.nearest(toID: "1", in: "load_users", by: .innerProduct, count: 1)
    }
  }

  @Test(arguments: [nil, VectorIndex()])
  func `a vector of zeros is stored, and has an inner product of 0 with all others`(
    _ index: VectorIndex?
  ) throws {
    let target = try PGVectorTarget(uri)
    try target.load(
      [
        PGVectorTable(
          name: "load_zeros", ids: .text(["a", "none", "b"]), dimension: 2,
          vectors: [1, 0, 0, 0, -1, 0])
      ], index: index)
    for isExact in [true, false] {
      expectSame(
        try target.nearest(
          to: [1, 0], in: "load_zeros", by: .innerProduct, count: 3, isExact: isExact),
        [
          VectorNeighbor(id: "a", distance: -1), VectorNeighbor(id: "none", distance: 0),
          VectorNeighbor(id: "b", distance: 1),
        ])
    }
  }

  @Test func `numbers arrive to the bit`() throws {
    let numbers: [Float] = [0.1, -1e-30, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    let target = try PGVectorTarget(uri)
    try target.load([
      PGVectorTable(name: "load_bits", ids: .int64([1 << 40]), dimension: 4, vectors: numbers)
    ])
    let rows = try target.connection.query(
      "select id, embedding from load_bits", name: "test")
    #expect(rows.text(0, 0) == "1099511627776")
    let text = try #require(rows.text(0, 1))
    #expect(text.dropFirst().dropLast().split(separator: ",").map { Float($0) } == numbers)
  }

  @Test func `a second load takes the place of the first, with its rights and an index`() throws {
    let target = try PGVectorTarget(uri)
    try target.load([table("load_twice", count: 12)])
    try TestServer.postgresql.execute(
      "drop role if exists reader_of_twice", "create role reader_of_twice",
      "grant select on load_twice to reader_of_twice")
    let second = table("load_twice", count: 30, seed: 2)
    try target.load([second], index: VectorIndex(m: 8, efConstruction: 32))
    try target.load([second], index: VectorIndex(m: 8, efConstruction: 32))
    #expect(try target.rowCount(of: "load_twice") == 30)
    let found = try target.connection.query(
      """
      select indexdef from pg_indexes where tablename = 'load_twice' and indexname = 'load_twice_hnsw'
      union all select 'granted' where has_table_privilege('reader_of_twice', 'load_twice', 'select')
      union all select 'left over' from pg_class where relname like 'mlcore_%twice%'
      """, name: "test")
    #expect(found.rowCount == 2)
    #expect(
      found.text(0, 0)?.contains("USING hnsw (embedding vector_ip_ops) WITH (m='8'") == true)
    #expect(found.text(1, 0) == "granted")
    let query = vector(0, of: second)
    let approximate = try target.nearest(
      to: query, in: "load_twice", by: .innerProduct, count: 5, isExact: false)
    expectSame(approximate, nearest(query, second, .innerProduct).prefix(5))
  }

  @Test func `whatever fails leaves what was there`() throws {
    let target = try PGVectorTarget(uri)
    let first = table("load_kept", count: 9)
    try target.load([first])
    let other = table("load_kept", count: 9, dimension: 5)
    #expect(
      throws: ConnectorError.otherDimension(table: "load_kept", found: 8, expected: 5)
    ) { try target.load([table("load_beside"), other]) }
    let wrong = NeighborCheck(
      vector: vector(0, of: first), expected: [VectorNeighbor(id: "7", distance: -1)])
    let differs = try #require(throws: ConnectorError.self) {
      try target.load(
        [table("load_beside"), table("load_kept", count: 11, seed: 3)],
        checks: ["load_kept": [wrong]])
    }
    #expect(differs.kind == .check)
    #expect(try target.rowCount(of: "load_kept") == 9)
    #expect(throws: ConnectorError.self) { try target.rowCount(of: "load_beside") }
    try target.load([other], isForced: true)
    #expect(try target.nearest(toID: "7", in: "load_kept", by: .euclidean, count: 99).count == 8)
  }

  @Test func `something else of the same name is never replaced`() throws {
    try TestServer.postgresql.execute(
      "drop table if exists load_other", "create table load_other (id int)")
    let target = try PGVectorTarget(uri)
    let error = try #require(throws: ConnectorError.self) {
      try target.load([table("load_other")], isForced: true)
    }
    guard case .badVectorTable("load_other", _) = error else {
      Issue.record("got \(error)")
      return
    }
  }

  @Test func `a table that somebody else made is replaced by force only, and named before`() throws
  {
    try TestServer.postgresql.execute(
      "drop table if exists load_foreign",
      "create table load_foreign (id text, embedding vector(8), price int)",
      "insert into load_foreign values ('a', null, 3)")
    let target = try PGVectorTarget(uri)
    let expected = ConnectorError.foreignTable(
      table: "load_foreign", contents: "1 row and the columns id, embedding, price")
    #expect(throws: expected) { try target.load([table("load_foreign")]) }
    #expect(try target.rowCount(of: "load_foreign") == 1)
    var told: [String] = []
    try target.load([table("load_foreign")], isForced: true) { told.append($0) }
    #expect(told.count == 1 && told[0].contains("1 row and the columns id, embedding, price"))
    #expect(try target.comment(of: "load_foreign") == "mlcore vectors")
  }

  @Test func `what was added to a table stays, or is named before it goes`() throws {
    let target = try PGVectorTarget(uri)
    try target.load([table("load_added")])
    try TestServer.postgresql.execute(
      "drop role if exists reader_of_added", "create role reader_of_added",
      "create or replace function load_added_f() returns trigger language plpgsql as "
        + "'begin return new; end'",
      "create index added_index on load_added (length(id))",
      "alter table load_added add constraint added_check check (length(id) < 99)",
      "create trigger added_trigger before update on load_added for each row "
        + "execute function load_added_f()",
      "grant select (id) on load_added to reader_of_added",
      "create policy added_policy on load_added", "alter table load_added add price int",
      "create index added_price on load_added (price)",
      "insert into load_added select 'new', embedding from load_added limit 1")
    var told: [String] = []
    try target.load([table("load_added")]) { told.append($0) }
    #expect(told.count == 2)
    #expect(told[0].contains("the column price, 1 row"), "\(told)")
    #expect(told.last?.contains("the index added_price is lost") == true, "\(told)")
    let found = try target.connection.query(
      """
      select indexname from pg_indexes where indexname = 'added_index'
      union all select conname from pg_constraint where conname = 'added_check'
      union all select tgname from pg_trigger where tgname = 'added_trigger'
      union all select 'granted' where has_column_privilege('reader_of_added', 'load_added', 'id', 'select')
      """, name: "test")
    #expect(found.rowCount == 4)
    var again: [String] = []
    try target.load([table("load_added")]) { again.append($0) }
    #expect(again.isEmpty, "\(again)")
  }

  @Test func `who may read which rows goes over with the rights, or nothing is replaced`() throws {
    let target = try PGVectorTarget(uri)
    try target.load([table("load_guarded")])
    try TestServer.postgresql.execute(
      "drop role if exists reader_of_guarded", "create role reader_of_guarded",
      "grant select on load_guarded to reader_of_guarded",
      "alter table load_guarded enable row level security",
      "alter table load_guarded force row level security",
      "create policy one_row on load_guarded for select to reader_of_guarded using (id = '007')",
      "create policy \"for All\" on load_guarded as restrictive with check (length(id) < 99)",
      "alter table load_guarded set (autovacuum_enabled = false, fillfactor = 70)",
      "alter table load_guarded replica identity full",
      "comment on column load_guarded.id is 'the item''s id'")
    func state() throws -> [String] {
      let found = try target.connection.query(
        """
        select format('%s %s %s %s', relrowsecurity, relforcerowsecurity, reloptions, relreplident)
        from pg_class where oid = to_regclass('load_guarded')
        union all select format('%s', p) from (
          select policyname, permissive, roles, cmd, qual, with_check from pg_policies
          where tablename = 'load_guarded' order by 1) p
        union all select col_description('load_guarded'::regclass, 1)
        union all select format('granted %s', has_table_privilege('reader_of_guarded',
          'load_guarded', 'select'))
        """, name: "test")
      return (0..<found.rowCount).map { found.text($0, 0) ?? "" }
    }
    let before = try state()
    #expect(before.count == 5 && before[0].contains("fillfactor=70"), "\(before)")
    var told: [String] = []
    for seed in [UInt64(2), 3] {
      try target.load([table("load_guarded", seed: seed)]) { told.append($0) }
      #expect(try state() == before)
    }
    #expect(told.isEmpty, "\(told)")
    // The column of this policy goes, so that the policy cannot stay.
    try TestServer.postgresql.execute(
      "alter table load_guarded add tenant text",
      "create policy own_rows on load_guarded using (tenant = current_user)")
    let rows = try state()
    let error = try #require(throws: ConnectorError.self) {
      try target.load([table("load_guarded")], isForced: true)
    }
    #expect("\(error)".contains("the policy own_rows cannot go over"), "\(error)")
    #expect(error.kind == .check)
    #expect(try state() == rows)
  }

  @Test func `a view on a table, and a right that lacks, are told as the database's`() throws {
    let target = try PGVectorTarget(uri)
    try target.load([table("load_viewed", count: 9)])
    try TestServer.postgresql.execute(
      "create view load_view as select id from load_viewed", "drop role if exists weak_loader",
      "create role weak_loader login")
    let dependent = try #require(throws: ConnectorError.self) {
      try target.load([table("load_viewed")])
    }
    #expect(dependent.kind == .remote && "\(dependent)".contains("view load_view depends on"))
    try TestServer.postgresql.execute("drop view load_view")
    let weak = try PGVectorTarget(uri.replacing("tester@", with: "weak_loader@"))
    let owned = try #require(throws: ConnectorError.self) { try weak.load([table("load_viewed")]) }
    #expect(owned.kind == .remote && "\(owned)".contains("owner of table load_viewed"))
    let denied = try #require(throws: ConnectorError.self) { try weak.load([table("load_weak")]) }
    #expect(denied.kind == .remote && "\(denied)".contains("permission denied for schema public"))
    #expect(try target.rowCount(of: "load_viewed") == 9)
  }

  @Test func `a lock that is not given back ends the waiting, with who holds it`() throws {
    try PGVectorTarget(uri).load([table("load_locked", count: 9)])
    let reader = try PostgreSQLConnection(PostgreSQLAddress(uri))
    try reader.execute("begin; lock table load_locked in access share mode", name: "test")
    let id = try #require(try reader.query("select pg_backend_pid()", name: "test").text(0, 0))
    let target = try PGVectorTarget(uri + "?options=-c%20lock_timeout%3D50ms")
    let error = try #require(throws: ConnectorError.self) {
      try target.load([table("load_locked", count: 20)])
    }
    guard case .lockHeld(_, let holder?) = error else {
      Issue.record("got \(error)")
      return
    }
    #expect(holder.session == id && holder.user == "tester" && holder.since != nil)
    #expect(holder.state == "idle in transaction" && error.kind == .remote)
    try reader.execute("commit", name: "test")
    try target.load([table("load_locked", count: 20)])
    #expect(try target.rowCount(of: "load_locked") == 20)
    let waits = try PGVectorTarget(uri).connection.query("show lock_timeout", name: "test")
    #expect(waits.text(0, 0) == "1min")
  }

  @Test func `a database without the extension is refused as such`() throws {
    let plain = uri.replacing("/mlcore_test", with: "/postgres")
    let error = try #require(throws: ConnectorError.self) { try PGVectorTarget(plain) }
    guard case .noVectorExtension(let source) = error else {
      Issue.record("got \(error)")
      return
    }
    #expect(error.description == "\(source): the database has no extension 'vector'")
  }

  @Test func `a connection that is lost before the end leaves what was there`() throws {
    let target = try PGVectorTarget(uri)
    try target.load([table("load_lost", count: 9)])
    let id = try #require(
      try target.connection.query("select pg_backend_pid()", name: "test").text(0, 0))
    // Somebody who reads the old table keeps it from being dropped, so that the load waits.
    let reader = try PostgreSQLConnection(PostgreSQLAddress(uri))
    try reader.execute("begin; lock table load_lost in access share mode", name: "test")
    let uri = uri
    let killer = Background {
      let killer = try PostgreSQLConnection(PostgreSQLAddress(uri))
      let waiting =
        "select pg_terminate_backend(pid) from pg_stat_activity where pid = \(id) "
        + "and wait_event_type = 'Lock'"
      try wait(for: "a load that waits") {
        try killer.query(waiting, name: "test").rowCount > 0
      }
    }
    let error = try #require(throws: ConnectorError.self) {
      try target.load([table("load_lost", count: 20)])
    }
    try killer.value()
    guard case .connectionLost = error else {
      Issue.record("got \(error)")
      return
    }
    try reader.execute("commit", name: "test")
    #expect(try PGVectorTarget(uri).rowCount(of: "load_lost") == 9)
  }
}

// Extractions from SQLite into folders: what is in them, and what becomes of them when they are
// repeated or cut short.

import Connectors
import Foundation
import NumericCore
import SampleData
import Synchronization
import Tables
import TestSupport
import Testing
import Texts

@testable import Extraction
@testable import LearningTasks

/// The notes of a run.
private final class Said: Sendable {
  private let lines = Mutex<[String]>([])
  var notes: [String] { lines.withLock { $0 } }

  func add(_ event: ProgressEvent) {
    if case .note(let line) = event { lines.withLock { $0.append(line) } }
  }
}

@Suite(.onOwnThread) struct ExtractTests {
  private let folder: TemporaryFolder
  private let context = RunContext(pool: WorkerPool(threads: 1))

  init() throws { folder = try TemporaryFolder() }

  /// Makes a database of statements, and a query file.
  private func request(
    _ sql: String, query: String = "select * from t", by column: String = "k", force: Bool = false
  ) throws -> ExtractRequest {
    let path = folder.appending("source.db")
    try? FileManager.default.removeItem(atPath: path)
    let writer = try SQLiteWriter(path: path)
    try writer.define(sql)
    try writer.close()
    try folder.write(Array(query.utf8), to: "query.sql")
    return ExtractRequest(
      source: path, query: folder.appending("query.sql"), out: folder.appending("out"),
      partitionBy: column, isForced: force)
  }

  private func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.appending("out")).sorted()
  }

  /// The rows of the folder as texts, sorted.
  private func rows(_ columns: String...) throws -> [[String?]] {
    let kinds = Dictionary(uniqueKeysWithValues: columns.map { (ByteText($0), ColumnKind.text) })
    let table = try Table.read(
      from: folder.appending("out"), options: ReadOptions(kinds: kinds)
    ).table
    return (0..<table.rowCount).map { row in columns.map { table[$0]?.text(row: row) } }
      .sorted { "\($0)" < "\($1)" }
  }

  @Test func `values that differ in composition only are two partitions, with rows between them`()
    throws
  {
    let values = ["e\u{301}", "f", "\u{E9}", "__HIVE_DEFAULT_PARTITION__", "\u{301}"]
    let rows = values.enumerated().map { "('\($1)', \($0))" } + ["(null, 5)", "('e\u{301}', 6)"]
    let said = Said()
    let report = try ExtractTask.run(
      try request(
        "create table t (k text, n integer); insert into t values \(rows.joined(separator: ","))"),
      context: RunContext(pool: WorkerPool(threads: 1), progress: { said.add($0) }))
    #expect(report.partitions == 6 && report.rows == 7)
    #expect(said.notes.count == 1 && said.notes[0].contains("(65 CC 81 and C3 A9)"))
    let found = try self.rows("n", "k").map { row in row[1].map { Array($0.utf8) } }
    #expect(found == (values + [nil, "e\u{301}"]).map { $0.map { Array($0.utf8) } })
    // What is there is known as ours, and replaced.
    #expect(
      try ExtractTask.run(
        try request("create table t (k text, n integer); insert into t values ('\u{E9}', 1)"),
        context: context
      ).removed == 5)
  }

  @Test func `the recommender's query gives one folder per customer and the columns of the notes`()
    throws
  {
    let path = folder.appending("shop.sqlite")
    let made = try ClassicModelsGenerator(seed: 1).write(to: path)
    let out = folder.appending("ratings_ml_training")
    let report = try ExtractTask.run(
      ExtractRequest(
        source: "sqlite:\(path)", query: "classicmodels", out: out, partitionBy: "customerNumber"),
      context: context)
    #expect(report.rows == made.ratings && report.partitions == made.raters)
    #expect(
      report.columns.map { "\($0.name) \($0.type)" } == [
        "city string", "state string", "postalCode string", "country string", "creditLimit double",
        "productCode string", "productLine string", "productScale string", "quantityInStock int32",
        "buyPrice double", "MSRP double", "productRating int32",
      ])
    let table = try Table.read(from: out).table
    #expect(table.rowCount == made.ratings)
    #expect(table.columns.last?.name == "customerNumber")
    let source = try DataSources.open(path)
    let stream = try source.rows(
      of: SourceQuery("select sum(customerNumber * productRating) as s from ratings", name: "sum"),
      sortedBy: nil)
    let sum = try #require(try stream.next()).columns[0].text(row: 0).flatMap { Double($0) }
    guard case .number(let customers)? = table["customerNumber"]?.values,
      case .number(let stars)? = table["productRating"]?.values
    else {
      Issue.record("the columns are no numbers")
      return
    }
    #expect(zip(customers.doubles(), stars.doubles()).reduce(0) { $0 + $1.0 * $1.1 } == sum)
  }

  @Test func `values of all kinds name folders and come back`() throws {
    let keys = [
      "007", "7", "a,b", "it's", "line\nend", "a/b", "a=b", "100%", "%41", "é ", " x", "\"q\"",
      "..",
      "a:b", "{x}", "*",
    ]
    let values = keys.map { "('\($0.replacing("'", with: "''"))', 1)" } + ["(null, 2)", "('', 3)"]
    let report = try ExtractTask.run(
      request(
        "create table t (k text, n int); insert into t values \(values.joined(separator: ", "))"),
      context: context)
    #expect(report.partitions == keys.count + 1)
    #expect(try files().contains("k=__HIVE_DEFAULT_PARTITION__/part-0.parquet"))
    #expect(try files().contains("k=a%2Fb/part-0.parquet"))
    let found = try rows("k", "n")
    let expected: [[String?]] = keys.map { [$0, "1"] } + [[nil, "2"], [nil, "3"]]
    #expect(found == expected.sorted { "\($0)" < "\($1)" })
  }

  @Test(arguments: [
    ("text", 1, 1), ("text", 20_000, 20_000), ("", 3, 20_000), ("", 20_000, 3),
  ])
  func `missing and empty values share one partition, whatever comes between them`(
    type: String, missing: Int, empty: Int
  ) throws {
    // Without a declared type the numbers 5 and the string '5' stay what they are.
    let values =
      (0..<missing).map { "(null, \($0))" } + ["(5, 1)", "('5', 2)"]
      + (0..<empty).map { "('', \($0))" } + ["('x', 3)"]
    let report = try ExtractTask.run(
      request(
        "create table t (k \(type), n int); insert into t values \(values.joined(separator: ","))"),
      context: context)
    #expect(report.partitions == 3 && report.rows == missing + empty + 3)
    #expect(
      try files().filter { $0.hasSuffix("parquet") } == [
        "k=5/part-0.parquet", "k=__HIVE_DEFAULT_PARTITION__/part-0.parquet", "k=x/part-0.parquet",
      ])
    #expect(try rows("k", "n").count { $0[0] == nil } == missing + empty)
  }

  @Test func `what others write before the folder is locked is seen`() throws {
    let request = try request("create table t (k int, n int); insert into t values (1, 1)")
    _ = try ExtractTask.run(request, context: context)
    let folder = folder
    let late = RunContext(
      pool: WorkerPool(threads: 1),
      progress: {
        guard case .phase("extracting") = $0 else { return }
        _ = try? folder.write([1, 2], to: "out/k=7/part-0.parquet")
      })
    #expect(try ExtractTask.run(request, context: late).removed == 1)
    #expect(try files() == ["_etl.json", "k=1", "k=1/part-0.parquet"])
  }

  @Test func `a second run gives the same bytes, and removes what the source has no more`() throws {
    let table = "create table t (k int, n bigint, x text); insert into t values "
    let first = try request(table + "(1, 9007199254740993, ''), (1, null, null), (2, 5, 'x')")
    _ = try ExtractTask.run(first, context: context)
    let file = folder.appending("out/k=1/part-0.parquet")
    let bytes = try Data(contentsOf: URL(filePath: file))
    #expect(try ExtractTask.run(first, context: context).removed == 0)
    #expect(try Data(contentsOf: URL(filePath: file)) == bytes)
    let second = try request(table + "(1, 9007199254740993, ''), (3, 7, 'z')")
    #expect(try ExtractTask.run(second, context: context).removed == 1)
    #expect(
      try files() == ["_etl.json", "k=1", "k=1/part-0.parquet", "k=3", "k=3/part-0.parquet"])
    #expect(try rows("k", "n") == [["1", "9007199254740993"], ["3", "7"]])
  }

  @Test func `a run that fails leaves whole partitions and says that the folder is not complete`()
    throws
  {
    let good = try request(
      "create table t (k int, n int); insert into t values (1, 1), (2, 2), (3, 3)")
    _ = try ExtractTask.run(good, context: context)
    let many = (0..<50_000).map { "(\($0 / 20_000 + 1), \($0))" }.joined(separator: ",")
    let bad = try request(
      "create table t (k int, n int); insert into t values \(many), (3, 'three')")
    let warnings = Warnings()
    #expect(throws: ConnectorError.self) {
      try ExtractTask.run(
        bad,
        context: RunContext(
          pool: WorkerPool(threads: 1), progress: { warnings.add($0) }))
    }
    #expect(warnings.count == 1)
    #expect(
      try files().filter { $0.hasSuffix("parquet") || $0.contains("tmp") } == [
        "k=1/part-0.parquet", "k=2/part-0.parquet", "k=3/part-0.parquet",
      ])
    let marker = try String(contentsOfFile: folder.appending("out/_etl.json"), encoding: .utf8)
    #expect(marker.contains("\"complete\" : false"))
    // The first is new, the last as it was.
    #expect(try rows("k", "n").count { $0[0] == "1" } == 20_000)
    #expect(try rows("k", "n").filter { $0[0] == "3" } == [["3", "3"]])
    _ = try ExtractTask.run(
      request("create table t (k int, n int); insert into t values (9, 9)"), context: context)
    #expect(try rows("k", "n") == [["9", "9"]])
  }

  @Test func `what a killed process left behind goes`() throws {
    let request = try request("create table t (k int, n int); insert into t values (1, 1)")
    _ = try ExtractTask.run(request, context: context)
    try folder.write([1, 2], to: "out/k=7/.part-0.parquet.123.tmp")
    #expect(try rows("k", "n") == [["1", "1"]])
    _ = try ExtractTask.run(request, context: context)
    #expect(try files() == ["_etl.json", "k=1", "k=1/part-0.parquet"])
  }

  @Test func `an empty result changes nothing`() throws {
    let table = "create table t (k int, n int)"
    #expect(throws: ExtractError.self) { try ExtractTask.run(request(table), context: context) }
    #expect(!FileManager.default.fileExists(atPath: folder.appending("out")))
    _ = try ExtractTask.run(request("\(table); insert into t values (1, 1)"), context: context)
    #expect(throws: ExtractError.self) { try ExtractTask.run(request(table), context: context) }
    #expect(try rows("k", "n") == [["1", "1"]])
  }

  @Test func `folders of others are replaced only by force`() throws {
    try folder.write(Array("a,b\n1,2\n".utf8), to: "out/table.csv")
    let table = "create table t (k int, j int, n int); insert into t values (1, 2, 3)"
    let foreign = try #require(throws: ExtractError.self) {
      try ExtractTask.run(request(table), context: context)
    }
    #expect(
      foreign == .foreignFolder(folder: folder.appending("out"), example: "table.csv"))
    _ = try ExtractTask.run(request(table, force: true), context: context)
    #expect(try files() == ["_etl.json", "k=1", "k=1/part-0.parquet"])
    let other = try #require(throws: ExtractError.self) {
      try ExtractTask.run(request(table, by: "j"), context: context)
    }
    #expect(
      other == .otherPartitions(folder: folder.appending("out"), found: "k", wanted: "j"))
    _ = try ExtractTask.run(request(table, by: "j", force: true), context: context)
    #expect(try rows("k", "j", "n") == [["1", "2", "3"]])
  }

  @Test(arguments: ["sub/base.csv", "k=1/sub/base.parquet", "notes.txt"])
  func `force leaves alone what no extraction wrote`(_ name: String) throws {
    try folder.write(Array("a,b\n1,2\n".utf8), to: "out/\(name)")
    let table = "create table t (k int, j int, n int); insert into t values (1, 2, 3)"
    let error = try #require(throws: ExtractError.self) {
      try ExtractTask.run(request(table, force: true), context: context)
    }
    #expect(error == .foreignBelow(folder: folder.appending("out"), example: name))
    #expect(try Data(contentsOf: URL(filePath: folder.appending("out/\(name)"))).count == 8)
  }

  @Test func `a query that cannot be used is refused before anything is made`() throws {
    let table = "create table t (customer int, n int); insert into t values (1, 1)"
    let unknown = try #require(throws: ConnectorError.self) {
      try ExtractTask.run(request(table, by: "custmer"), context: context)
    }
    guard case .unknownColumn(_, "custmer", let known) = unknown else {
      Issue.record("got \(unknown)")
      return
    }
    #expect(known.contains("customer"))
    #expect(throws: ExtractError.self) {
      try ExtractTask.run(
        request(table, query: "select customer from t", by: "customer"), context: context)
    }
    #expect(throws: ConnectorError.self) {
      try ExtractTask.run(request(table, query: "select from t"), context: context)
    }
    var missing = try request(table, by: "customer")
    missing.query = folder.appending("nothing.sql")
    #expect(throws: (any Error).self) { try ExtractTask.run(missing, context: context) }
    #expect(!FileManager.default.fileExists(atPath: folder.appending("out")))
  }

  @Test func `rows that stop in the middle of a long partition leave no file of it`() throws {
    let many = (0..<40_000).map { "(1, \($0))" }.joined(separator: ",")
    let request = try request("create table t (k int, n int); insert into t values \(many)")
    let cancelled = RunContext(pool: WorkerPool(threads: 1), isCancelled: Countdown(3).next)
    #expect(throws: TaskError.cancelled) { try ExtractTask.run(request, context: cancelled) }
    #expect(try files() == ["_etl.json"])
  }

  @Test func `a partition column of whole decimals keeps its digits, a rounded one is refused`()
    throws
  {
    let values = "values (9007199254740992, 1), (9007199254740993, 2)"
    let made = try ExtractTask.run(
      request("create table t (k decimal(20,0), v int); insert into t \(values)"),
      context: context)
    #expect(made.partitions == 2)
    #expect(try files().contains("k=9007199254740993"))
    #expect {
      try ExtractTask.run(
        request(
          "create table t (k double, v int); insert into t \(values)",
          query: "select cast(k as int) + 0.0 as k, v from t union all select 9007199254740993, 3"),
        context: context)
    } throws: {
      guard case ConnectorError.badValue(_, _, "k", "9007199254740993", _)? = $0 as? ConnectorError
      else { return false }
      return true
    }
  }

  @Test func `a bucket without a name is refused`() throws {
    var wanted = try request("create table t (k int, v int)")
    wanted.out = "s3://"
    #expect(throws: TableError.badLocation(location: "s3://", reason: "it names no bucket")) {
      try ExtractTask.run(wanted, context: context)
    }
  }
}

/// Counts warnings.
private final class Warnings: @unchecked Sendable {
  // Unchecked: the task calls from one thread.
  private(set) var count = 0

  func add(_ event: ProgressEvent) { if case .warning = event { count += 1 } }
}

/// Says yes from the given call on.
private final class Countdown: @unchecked Sendable {
  // Unchecked: the task calls from one thread.
  private var left: Int

  init(_ calls: Int) { left = calls }

  @Sendable func next() -> Bool {
    left -= 1
    return left <= 0
  }
}

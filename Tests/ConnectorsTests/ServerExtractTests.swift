// The recommender's query on all makes of databases gives the same folder.

import Extraction
import Foundation
import LearningTasks
import NumericCore
import SampleData
import Tables
import TestSupport
import Testing

@testable import Connectors

@Suite(.onOwnThread, .serialized) struct ServerExtractTests {
  /// Copies the tables that the query reads from a SQLite file.
  private func fill(_ server: TestServer, from path: String) throws {
    let source = try DataSources.open(path)
    try server.execute(
      "drop table if exists ratings", "drop table if exists products",
      "drop table if exists customers",
      """
      create table customers (customerNumber int primary key, city varchar(50) not null,
        state varchar(50), postalCode varchar(15), country varchar(50) not null,
        creditLimit decimal(10,2))
      """,
      """
      create table products (productCode varchar(15) primary key, productLine varchar(50) not null,
        productScale varchar(10) not null, quantityInStock smallint not null,
        buyPrice decimal(10,2) not null, MSRP decimal(10,2) not null)
      """,
      """
      create table ratings (customerNumber int not null, productCode varchar(15) not null,
        productRating smallint not null, primary key (customerNumber, productCode))
      """)
    for (table, columns) in [
      ("customers", "customerNumber, city, state, postalCode, country, creditLimit"),
      ("products", "productCode, productLine, productScale, quantityInStock, buyPrice, MSRP"),
      ("ratings", "customerNumber, productCode, productRating"),
    ] {
      let rows = try source.texts("select \(columns) from \(table)").map { row in
        let cells = row.map { $0.map { "'\($0.replacing("'", with: "''"))'" } ?? "null" }
        return "(\(cells.joined(separator: ", ")))"
      }
      try server.execute("insert into \(table) values \(rows.joined(separator: ", "))")
    }
  }

  private func extract(_ source: String, to out: String) throws -> ExtractReport {
    try ExtractTask.run(
      ExtractRequest(
        source: source, query: "classicmodels", out: out, partitionBy: "customerNumber"),
      context: RunContext(pool: WorkerPool(threads: 1)))
  }

  /// The rows of a folder as texts, sorted.
  private func rows(_ folder: String) throws -> [String] {
    let table = try Table.read(from: folder).table
    return (0..<table.rowCount).map { row in
      table.columns.map { $0.text(row: row) ?? "NULL" }.joined(separator: "|")
    }.sorted()
  }

  @Test(arguments: TestServer.present)
  func `the recommender's query gives the same rows from every make`(_ server: TestServer) throws {
    let folder = try TemporaryFolder()
    let path = folder.appending("shop.sqlite")
    _ = try ClassicModelsGenerator(seed: 9).write(to: path)
    try fill(server, from: path)
    let expected = try extract(path, to: folder.appending("file"))
    let found = try extract(try #require(server.uri), to: folder.appending("server"))
    #expect(found.rows == expected.rows && found.partitions == expected.partitions)
    #expect(found.columns == expected.columns)
    #expect(try rows(folder.appending("server")) == rows(folder.appending("file")))
    #expect(!found.source.contains("tester"))
  }

  @Test(.enabled(if: TestServer.postgresql.uri != nil))
  func `a server that goes away in the middle leaves whole partitions`() throws {
    try TestServer.postgresql.execute(
      "drop table if exists long_lived", "create table long_lived (k int not null, n int not null)",
      "insert into long_lived select n / 1000, n from generate_series(0, 59999) n")
    let folder = try TemporaryFolder()
    // The query ends its own server process in a row of partition 40. It is sorted already, so that
    // the rows before are on their way by then.
    try folder.write(
      Array(
        """
        select k, n, case when n = 40500 then pg_terminate_backend(pg_backend_pid()) end as fatal
        from long_lived order by k nulls first
        """.utf8), to: "query.sql")
    let request = ExtractRequest(
      source: try #require(TestServer.postgresql.uri),
      query: folder.appending("query.sql"), out: folder.appending("out"), partitionBy: "k")
    let error = try #require(throws: ConnectorError.self) {
      try ExtractTask.run(request, context: RunContext(pool: WorkerPool(threads: 1)))
    }
    guard case .connectionLost(_, let rows, _) = error else {
      Issue.record("got \(error)")
      return
    }
    // Whole batches were written; the partition in the middle of which they end is not there.
    let written = rows / RowBatch.rowLimit * RowBatch.rowLimit / 1_000
    #expect(written >= 16 && written <= 40, "\(rows)")
    let table = try Table.read(from: folder.appending("out")).table
    #expect(table.rowCount == written * 1_000)
    let names = try folder.names(in: "out")
    #expect(names == (["_etl.json"] + (0..<written).map { "k=\($0)" }).sorted())
  }

  private static let endpoint = ProcessInfo.processInfo.environment["MLCORE_TEST_S3_ENDPOINT"]

  @Test(.enabled(if: endpoint != nil, "needs an S3 server; tools/test starts one"))
  func `a bucket gets the same partitions, also the second time`() throws {
    let folder = try TemporaryFolder()
    let path = folder.appending("shop.sqlite")
    _ = try ClassicModelsGenerator(customers: 12, products: 20, seed: 9).write(to: path)
    let local = try extract(path, to: folder.appending("local"))
    let host = try #require(Self.endpoint).replacing("http://", with: "")
    let bucket =
      "s3://mlcore-test/etl/ratings_ml_training?endpoint_override=\(host)&scheme=http&region=us-east-1"
    for _ in 0..<2 {
      let remote = try extract(path, to: bucket)
      #expect(remote.rows == local.rows && remote.partitions == local.partitions)
      #expect(remote.out == "s3://mlcore-test/etl/ratings_ml_training" && remote.removed == 0)
      #expect(try rows(bucket) == rows(folder.appending("local")))
    }
    _ = try ClassicModelsGenerator(customers: 6, products: 20, seed: 9).write(to: path)
    #expect(try extract(path, to: bucket).removed > 0)
    let again = try extract(path, to: folder.appending("local"))
    #expect(try rows(bucket).count == again.rows)
  }
}

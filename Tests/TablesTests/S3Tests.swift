// S3, against the server that `tools/with-s3` starts; skipped without one.

import Glibc
import Tables
import TestSupport
import Testing

/// `http://host:port` of the server, from `tools/with-s3`.
private let endpoint = getenv("MLCORE_TEST_S3_ENDPOINT").map { String(cString: $0) }

@Suite(.onOwnThread, .enabled(if: endpoint != nil)) struct S3Tests {
  private let query: String
  private let host: String

  init() throws {
    host = try #require(endpoint).replacing("http://", with: "")
    query = "?endpoint_override=\(host)&scheme=http&region=us-east-1"
  }

  private let table = Table(
    columns: [
      Column(name: "x", values: .number(NumberColumn([1.5, .nan, 3]))),
      Column(name: "w", values: .category(CategoryColumn(["a", "b", nil]))),
    ], rowCount: 3)

  @Test(arguments: ["csv", "parquet"])
  func `an object is written and read`(_ ending: String) throws {
    let location = "s3://mlcore-test/single/table.\(ending)\(query)"
    try table.write(to: location)
    let copy = try Table.of(location)
    #expect(copy.numbers("x") == [1.5, nil, 3])
    #expect(copy.strings("w") == ["a", "b", nil])
  }

  @Test func `an object of many parts is written and read`() throws {
    let numbers = (0..<2_000_000).map { Double($0) / 7 }
    let location = "s3://mlcore-test/large/table.csv\(query)"
    try Table(
      columns: [Column(name: "x", values: .number(NumberColumn(numbers)))], rowCount: numbers.count
    ).write(to: location)
    #expect(try Table.of(location).numbers("x") == numbers)
  }

  @Test func `a prefix is a folder with partitions`() throws {
    for day in 1...3 {
      try table.write(to: "s3://mlcore-test/folder/day=\(day)/part.csv\(query)")
    }
    let copy = try Table.of("s3://mlcore-test/folder\(query)")
    #expect(copy.rowCount == 9)
    #expect(copy.numbers("day") == [1, 1, 1, 2, 2, 2, 3, 3, 3])
  }

  @Test func `the endpoint may come from the environment`() throws {
    try table.write(to: "s3://mlcore-test/environment/table.csv\(query)")
    #expect(try Table.of("s3://mlcore-test/environment/table.csv").rowCount == 3)
  }

  @Test func `what is not there is not found, and named without the query`() {
    let missing = "s3://mlcore-test/none/table.csv"
    #expect(tableError { _ = try Table.of(missing + query) } == .notFound(path: missing))
    let bucket = "s3://no-such-bucket/table.csv"
    #expect(tableError { _ = try Table.of(bucket + query) } == .notFound(path: bucket))
    let error = tableError { try table.write(to: bucket + query) }
    #expect(error?.kind == .remote)
  }
}

@Suite(.onOwnThread) struct S3FailureTests {
  @Test func `a refused connection fails`() {
    // Port 1 of the loopback is nobody's.
    let query = "?endpoint_override=127.0.0.1:1&scheme=http&region=us-east-1"
    let error = tableError { _ = try Table.of("s3://KEY:SECRET@bucket/table.csv\(query)") }
    guard case .remoteFailed("s3://bucket/table.csv", let reason) = error else {
      Issue.record("got \(String(describing: error))")
      return
    }
    #expect(!reason.isEmpty && error?.kind == .remote)
  }

  @Test func `an option that S3 does not know is an error of the location`() {
    guard
      case .badLocation("s3://b/k.csv", _) =
        tableError({ _ = try Table.of("s3://b/k.csv?endpont=x") })
    else {
      Issue.record("the option was accepted")
      return
    }
  }
}

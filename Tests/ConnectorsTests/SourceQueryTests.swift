// Which texts are one query, and where it ends.

import TestSupport
import Testing

@testable import Connectors

@Suite(.onOwnThread) struct SourceQueryTests {
  @Test(arguments: [
    "select 1", "select 1;", "select 1 ; -- and that is all; really",
    "/* ; */ select 1 /* ; */;\n\n",
    "select ';' as \"a;b\", `c;d`", "select 'it''s; fine'", "select 'it\\'s; fine'",
    "select $$a;b$$, $tag$;$tag$", "select data #> '{a;b}'", "select 5--3;\n",
  ])
  func `one statement is one, whatever semicolons it holds`(_ text: String) throws {
    let query = try SourceQuery(text, name: "q.sql")
    #expect(query.ordered(by: nil).hasSuffix("\n) as extracted"))
  }

  @Test(arguments: [("", 0), (" -- nothing\n;", 0), ("select 1; select 2", 2), ("a;b;c;", 3)])
  func `no statement and several are refused`(_ text: String, _ count: Int) {
    #expect(throws: ConnectorError.notOneStatement(statement: "q.sql", count: count)) {
      try SourceQuery(text, name: "q.sql")
    }
  }

  @Test func `the semicolon goes and the lines before the statement stay`() throws {
    let query = try SourceQuery("-- about\n\nselect 1 ; -- x", name: "q.sql")
    #expect(query.text == "-- about\n\nselect 1 ")
  }
}

@Suite(.onOwnThread) struct ValueTextTests {
  private func parsed<Value>(
    _ text: String, _ parse: (UnsafeBufferPointer<UInt8>) -> Value?
  ) -> Value? {
    Array(text.utf8).withUnsafeBufferPointer(parse)
  }

  @Test func `whole numbers are read to their limits and no further`() {
    for number in [0, 7, -1, 1_234_567, Int64.max, .min] {
      #expect(parsed(String(number), ValueText.integer) == number)
    }
    for text in ["", "-", "1.0", "9223372036854775808", "-9223372036854775809", "1e3", " 1"] {
      #expect(parsed(text, ValueText.integer) == nil, "\(text)")
    }
  }

  @Test func `real numbers read back exactly`() {
    for number in [0.1, -1e300, 2.3e-308, 53.9, 1.0 / 3] {
      #expect(parsed(number.description, ValueText.real) == number)
    }
    for text in ["", "x", "1,5", "1 "] { #expect(parsed(text, ValueText.real) == nil, "\(text)") }
  }

  @Test(arguments: [
    ("1970-01-01", 0.0), ("1969-12-31", -86_400), ("2000-02-29", 951_782_400),
    ("1970-01-01 00:00:01.5", 1.5), ("1970-01-01T01:00:00Z", 3_600),
    ("1970-01-01 00:00:00+02", -7_200), ("1970-01-01 00:00:00-05:30", 19_800),
    ("0001-01-01", -62_135_596_800), ("9999-12-31", 253_402_214_400),
  ])
  func `instants are seconds since 1970`(_ text: String, _ seconds: Double) {
    #expect(parsed(text, ValueText.instant) == seconds)
  }

  @Test(arguments: [
    "1970-02-29", "1970-13-01", "1970-1-1", "infinity", "1970-01-01 25:00:00", "12:00:00",
    "10000-01-01", "1970-01-01 00:00:00 BC",
  ])
  func `what is no instant is refused`(_ text: String) {
    #expect(parsed(text, ValueText.instant) == nil)
  }

  @Test func `the date of zeros is a missing one`() {
    #expect(parsed("0000-00-00 00:00:00", ValueText.instant)?.isNaN == true)
  }
}

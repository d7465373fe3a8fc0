// The bytes of COPY and what is refused before any are sent.

import TestSupport
import Testing

@testable import Connectors

@Suite(.onOwnThread) struct BinaryCopyTests {
  private func bytes(_ table: PGVectorTable) -> [UInt8] {
    var bytes: [UInt8] = []
    BinaryCopy.write(table) { bytes += $0 }
    return bytes
  }

  @Test func `a row is its fields with their lengths, big-endian`() {
    let table = PGVectorTable(name: "t", ids: .text(["é"]), dimension: 2, vectors: [1, -2])
    let header: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let row: [UInt8] = [
      0, 2, 0, 0, 0, 2, 0xC3, 0xA9, 0, 0, 0, 12, 0, 2, 0, 0, 0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0,
    ]
    #expect(bytes(table) == header + row + [0xFF, 0xFF])
  }

  @Test func `identifiers that are numbers have four or eight bytes`() {
    let small = PGVectorTable(name: "t", ids: .int32([-2]), dimension: 1, vectors: [1])
    #expect(bytes(small)[21..<29] == [0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFE])
    let large = PGVectorTable(name: "t", ids: .int64([1 << 40]), dimension: 1, vectors: [1])
    #expect(bytes(large)[21..<33] == [0, 0, 0, 8, 0, 0, 1, 0, 0, 0, 0, 0])
  }

  @Test(arguments: [
    ([Float.nan, 1], ["a", "b"], "a"), ([1, .infinity], ["a", "b"], "b"),
    ([1, 2], ["a", "a"], "a"), ([1, 2], ["a", "b\0"], "b\0"),
  ])
  func `vectors that the database would refuse or lose are named`(
    _ vectors: [Float], _ ids: [String], _ id: String
  ) throws {
    let table = PGVectorTable(name: "t", ids: .text(ids), dimension: 1, vectors: vectors)
    let error = try #require(throws: ConnectorError.self) { try table.check(isIndexed: false) }
    guard case .badVector("t", id, _) = error else {
      Issue.record("got \(error)")
      return
    }
  }

  @Test func `names and dimensions beyond the limits are refused`() throws {
    func check(_ name: String, _ dimension: Int, isIndexed: Bool) throws {
      try PGVectorTable(
        name: name, ids: .int32([1]), dimension: dimension,
        vectors: [Float](repeating: 1, count: dimension)
      ).check(isIndexed: isIndexed)
    }
    try check("t", 2_000, isIndexed: true)
    try check("t", 16_000, isIndexed: false)
    #expect(throws: ConnectorError.self) { try check("t", 2_001, isIndexed: true) }
    #expect(throws: ConnectorError.self) { try check("t", 16_001, isIndexed: false) }
    #expect(throws: ConnectorError.self) { try check("", 1, isIndexed: false) }
    #expect(throws: ConnectorError.self) {
      try check(String(repeating: "t", count: 41), 1, isIndexed: false)
    }
  }
}

// Files that are damaged, cut while they are read, or something else than their name says.

import Glibc
import TestSupport
import Testing
import Texts

@testable import Tables

@Suite(.onOwnThread) struct DamagedFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `no wrong byte of a Parquet file does more than fail`() throws {
    let rows = 40
    let table = Table(
      columns: [
        Column(
          name: "word",
          values: .category(
            CategoryColumn(
              codes: (0..<rows).map { Int32($0 % 4) - 1 }, levels: ["one", "two", "three"]))),
        Column(
          name: "text",
          values: .text(TextColumn((0..<rows).map { $0 % 5 == 0 ? nil : "text \($0)" }))),
        Column(name: "number", values: .number(NumberColumn((0..<rows).map { Double($0) / 3 }))),
        Column(
          name: "instant", values: .timestamp(NumberColumn((0..<rows).map { Double($0) * 1e7 }))),
      ], rowCount: rows)
    let path = "\(folder.path)/table.parquet"
    try table.write(to: path)
    let good = try FileContents.bytes(of: path)
    var failures = 0
    for place in good.indices {
      var bytes = good
      bytes[place] ^= UInt8(1 << (place % 8))
      try folder.write(bytes, to: "damaged.parquet")
      do {
        _ = try Table.read(
          from: "\(folder.path)/damaged.parquet", options: ReadOptions(kinds: ["text": .text]))
      } catch {
        #expect(error is TableError, "byte \(place): \(error)")
        failures += 1
      }
    }
    #expect(failures > 0)
  }

  @Test(arguments: [ColumnKind.category, .text])
  func `a text of a Parquet file that is not UTF-8 names its column`(kind: ColumnKind) throws {
    let word = Array("three".utf8)
    let column = CategoryColumn(codes: [0, 1], levels: ["one", "three"])
    let path = "\(folder.path)/words.parquet"
    try Table(columns: [Column(name: "word", values: .category(column))], rowCount: 2)
      .write(to: path)
    var bytes = try FileContents.bytes(of: path)
    let places = bytes.ranges(of: word)
    #expect(!places.isEmpty)
    for place in places { bytes[place.lowerBound] = 0xFF }
    let damaged = try folder.write(bytes, to: "damaged.parquet")
    #expect(
      tableError { _ = try Table.of(damaged, ReadOptions(kinds: ["word": kind])) }
        == .invalidText(file: damaged, column: "word"))
  }

  @Test func `a file that is cut or changed while it is read is told from a bad one`() throws {
    let path = try folder.write("x\n" + String(repeating: "1234567\n", count: 10_000), to: "a.csv")
    let contents = try DataLocation(path).contents(of: nil)
    try contents.requireUnchanged()
    #expect(truncate(path, 10) == 0)
    // Beyond the end of the file, where there is nothing any more.
    #expect(contents.bytes[contents.bytes.count - 2] == 0)
    #expect(throws: TableError.fileChanged(file: path)) { try contents.requireUnchanged() }
    let other = try folder.write("x\n1\n", to: "b.csv")
    let changed = try DataLocation(other).contents(of: nil)
    try folder.write("x\n12\n", to: "b.csv")
    #expect(throws: TableError.fileChanged(file: other)) { try changed.requireUnchanged() }
    // A new file of the same name leaves the old one as it was.
    let kept = try DataLocation(other).contents(of: nil)
    #expect(try rename(folder.write("x\n123\n", to: "c.csv"), other) == 0)
    try kept.requireUnchanged()
    #expect(kept.bytes.count == 5)
  }

  @Test(arguments: [
    ([0x1F, 0x8B, 8, 0], TableError.compressed(file: "", format: "gzip")),
    ([0x28, 0xB5, 0x2F, 0xFD], .compressed(file: "", format: "Zstandard")),
    (Array("ARROW1\0\0".utf8), .foreignFormat(file: "", format: "an Arrow file")),
    (Array("SQLite format 3\0".utf8), .foreignFormat(file: "", format: "a SQLite database")),
    ([0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 1], .foreignFormat(file: "", format: "a binary file")),
  ])
  func `a file of another format is named, whatever its ending`(
    _ bytes: [UInt8], _ expected: TableError
  ) throws {
    for name in ["a.csv", "a.parquet"] {
      let path = try folder.write(bytes, to: name)
      let error = tableError { _ = try Table.of(path) }
      switch expected {
      case .compressed(_, let format): #expect(error == .compressed(file: path, format: format))
      case .foreignFormat(_, let format):
        #expect(error == .foreignFormat(file: path, format: format))
      default: Issue.record("\(expected)")
      }
    }
  }
}

extension FileContents {
  /// A copy of the bytes of a file.
  fileprivate static func bytes(of path: String) throws -> [UInt8] {
    let contents = try DataLocation(path).contents(of: nil)
    return withExtendedLifetime(contents) { Array(contents.bytes) }
  }
}

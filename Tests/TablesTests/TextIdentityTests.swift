// Texts are equal when their bytes are: levels, columns and partitions; and which white space is
// none of a cell.

import TestSupport
import Testing
import Texts

@testable import Tables

@Suite(.onOwnThread) struct TextIdentityTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }
  private let composed = "caf\u{E9}"
  private let decomposed = "cafe\u{301}"

  private func bytes(_ texts: [String?]?) -> [[UInt8]?]? {
    texts?.map { $0.map { Array($0.utf8) } }
  }

  @Test func `levels and columns go by their bytes in every format, with a note`() throws {
    let names = [composed, decomposed]
    let table = Table(
      columns: [
        Column(name: composed, values: .category(CategoryColumn(names + ["x"]))),
        Column(name: decomposed, values: .number(NumberColumn([1, 2, 3]))),
        Column(name: "id", values: .text(TextColumn(names + ["x"]))),
      ], rowCount: 3)
    #expect(table.levels(composed)?.count == 3)
    for ending in ["csv", "parquet"] {
      let path = "\(folder.path)/t.\(ending)"
      try table.write(to: path)
      let result = try Table.read(from: path, options: ReadOptions(kinds: ["id": .text]))
      #expect(bytes(result.table.strings(composed)) == bytes(names + ["x"]))
      #expect(result.table.numbers(decomposed) == [1, 2, 3])
      #expect(bytes(result.table.strings("id")) == bytes(names + ["x"]))
      #expect(result.notes.count == 2, "\(result.notes)")
      #expect(
        result.notes.allSatisfy {
          $0.hasPrefix("\(path): the column '") && $0.contains("(65 CC 81 and C3 A9)")
        })
      let schema = Schema(fields: [.init(name: decomposed, kind: .number)])
      #expect(try Table.of(path, ReadOptions(schema: schema)).numbers(decomposed) == [1, 2, 3])
    }
  }

  @Test func `a name in another Unicode form is not the column's`() throws {
    let path = try folder.write("\(composed),x\n1,2\n", to: "t.csv")
    let error = tableError {
      _ = try Table.of(path, ReadOptions(excluding: [ByteText(decomposed)]))
    }
    #expect(error?.description == "\(path): there is no column '\(decomposed)'")
    #expect(
      error
        == .unknownColumn(file: path, name: decomposed, known: [composed, "x"]))
  }

  @Test func `partition folders hold every text, and none for no value`() throws {
    var values: [String?] = [
      composed, decomposed, "\u{301}x", "__HIVE_DEFAULT_PARTITION__",
      "%5F_HIVE_DEFAULT_PARTITION__",
      "%", "%4", "%41", "%+5", "a/b", "a=b", "a b", "\0", "a\0", "a\r\nb", "\u{1F600}", nil,
    ]
    values += (0..<128).map { "b" + String(Unicode.Scalar(UInt8($0))) + "e" }
    for column in ["k", "\u{301}k", "k=\u{338}/"] {
      for value in values {
        let name = HivePath.folder(column: column, value: value)
        #expect(!name.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "/") })
        let read = try #require(HivePath.partition(of: name[...].utf8))
        #expect(Array(read.name.utf8) == Array(column.utf8))
        #expect(read.value.map { Array($0.utf8) } == value.map { Array($0.utf8) })
      }
      let names = Set(texts: values.map { HivePath.folder(column: column, value: $0) })
      #expect(names.count == values.count)
    }
    for raw in ["k=%FF", "k=%zz", "k=%", "k=%+5"] {
      #expect(HivePath.partition(of: raw[...].utf8)?.value == String(raw.dropFirst(2)))
    }
  }

  @Test func `partitions that differ in composition only are read as two`() throws {
    try folder.write("x\n1\n", to: "k=\(composed)/part.csv")
    try folder.write("x\n2\n", to: "k=\(decomposed)/part.csv")
    try folder.write("x\n3\n", to: "k=\u{301}/part.csv")
    try folder.write("x\n4\n", to: "k=%5F_HIVE_DEFAULT_PARTITION__/part.csv")
    try folder.write("x\n5\n", to: "k=__HIVE_DEFAULT_PARTITION__/part.csv")
    let result = try Table.read(from: folder.path)
    let numbers = try #require(result.table.numbers("x"))
    let keys = try #require(result.table.strings("k"))
    let found = zip(numbers, keys).sorted { ($0.0 ?? 0) < ($1.0 ?? 0) }.map(\.1)
    #expect(
      bytes(found)
        == bytes([composed, decomposed, "\u{301}", "__HIVE_DEFAULT_PARTITION__", nil]))
    #expect(result.notes.count == 1)
  }

  @Test func `spaces, tabs and line ends around a cell are none of it, other characters are`()
    throws
  {
    let cells = [
      "a", " a", "a\t", "\"\r\na\n\"", "a\u{1}", "\u{1}a", "a\0", "a\u{B}", "a\u{A0}", "\u{1F}",
    ]
    let path = try folder.write("k,n\n" + cells.map { "\($0),1\n" }.joined(), to: "t.csv")
    let levels = try #require(Table.of(path).levels("k"))
    #expect(
      bytes(levels) == bytes(["a", "a\u{1}", "\u{1}a", "a\0", "a\u{B}", "a\u{A0}", "\u{1F}"]))
    #expect(" \t\r\na\0 ".trimmedAsCell == "a\0")
    #expect(
      tableError { _ = try Table.of(folder.write("a\0,b\n1,2\n", to: "n.csv")) }?.kind == .badData)
  }
}

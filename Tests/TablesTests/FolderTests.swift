// Folders of files, and the columns in the names of their sub-folders.

import Tables
import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct FolderTests {
  let folder = TemporaryFolder()

  @Test func `files are read in the order of their names, columns by their names`() throws {
    folder.write("b.csv", "y,x\n20,b\n")
    folder.write("a.csv", "x,y\na,10\n")
    folder.write("empty.csv", "")
    folder.write("header.csv", "x,y\n")
    folder.write("sub/c.csv", "x,y,z\nc,30,1\n")
    folder.write(".hidden.csv", "nothing\n")
    folder.write("_temporary/d.csv", "nothing\n")
    folder.write("notes.md", "not a table")
    let result = try Table.read(from: folder.path)
    #expect(result.table.strings("x") == ["a", "b", "c"])
    #expect(result.table.numbers("y") == [10, 20, 30])
    #expect(
      result.notes == [
        "\(folder.path): passed over files that are no tables: notes.md",
        "\(folder.path)/sub/c.csv: ignored z, which \(folder.path)/a.csv lacks",
      ])
  }

  @Test func `partitions become columns`() throws {
    folder.write("year=2023/country=fr/part.csv", "x\n1\n2\n")
    folder.write("year=2024/country=C%C3%B4te%20d/part.csv", "x\n3\n")
    folder.write("year=2024/country=__HIVE_DEFAULT_PARTITION__/part.csv", "x\n4\n")
    let table = try Table.of(folder.path)
    #expect(table.columns.map(\.name) == ["x", "year", "country"])
    #expect(table.numbers("year") == [2023, 2023, 2024, 2024])
    // Bytewise, C comes before _, and both before lower case.
    #expect(table.numbers("x") == [1, 2, 3, 4])
    #expect(Set(table.levels("country") ?? []) == ["fr", "Côte d"])
    let byYear = try Table.of(folder.path, ReadOptions(kinds: ["year": .category]))
    #expect(byYear.levels("year") == ["2023", "2024"])
    let schema = Schema(fields: [
      .init(name: "year", kind: .number), .init(name: "x", kind: .number),
    ])
    #expect(
      try Table.of(folder.path, ReadOptions(schema: schema)).columns.map(\.name) == ["year", "x"])
  }

  @Test func `a partition that is also a column is an error`() {
    folder.write("x=1/part.csv", "x,y\n1,2\n")
    #expect(
      tableError { _ = try Table.of(folder.path) }
        == .duplicateColumn(file: folder.path, name: "x"))
  }

  @Test func `a file that lacks a column is named`() {
    folder.write("a.csv", "x,y\n1,2\n")
    let other = folder.write("b.csv", "x,w\n1,2\n")
    #expect(
      tableError { _ = try Table.of(folder.path) }
        == .missingColumn(file: other, name: "y", known: ["x", "w"]))
  }

  @Test func `a bad cell is found in its file`() {
    folder.write("a.csv", "x\n1\n2\n")
    let other = folder.write("b.csv", "x\n3\nfour\n")
    #expect(
      tableError { _ = try Table.of(folder.path, ReadOptions(kinds: ["x": .number])) }
        == .badCell(
          file: other, row: 2, line: 3, column: "x", cell: "four", expected: .number))
  }

  @Test func `a word in one file makes the column a category in all`() throws {
    folder.write("a.csv", "x\n01\n02\n")
    folder.write("b.csv", "x\nthree\n")
    #expect(try Table.of(folder.path).strings("x") == ["01", "02", "three"])
  }

  @Test func `mixed formats and folders without tables are errors`() throws {
    folder.write("notes.md", "not a table")
    #expect(tableError { _ = try Table.of(folder.path) } == .noFiles(folder: folder.path))
    folder.write("b.csv", "x\n1\n")
    try Table(columns: [Column(name: "x", values: .number(NumberColumn([1.0])))], rowCount: 1)
      .write(to: folder.path + "/a.parquet")
    #expect(
      tableError { _ = try Table.of(folder.path) }
        == .mixedFormats(folder: folder.path, delimited: "b.csv", parquet: "a.parquet"))
  }

  @Test func `many files keep no descriptors open`() throws {
    for index in 0..<1_500 { folder.write("part-\(10_000 + index).csv", "x\n\(index)\n") }
    #expect(try Table.of(folder.path).numbers("x") == (0..<1_500).map { Double($0) })
  }
}

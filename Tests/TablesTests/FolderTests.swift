// Folders of files, and the columns in the names of their sub-folders.

import Tables
import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct FolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `files are read in the order of their names, columns by their names`() throws {
    try folder.write("y,x\n20,b\n", to: "b.csv")
    try folder.write("x,y\na,10\n", to: "a.csv")
    try folder.write("", to: "empty.csv")
    try folder.write("x,y\n", to: "header.csv")
    try folder.write("x,y,z\nc,30,1\n", to: "sub/c.csv")
    try folder.write("nothing\n", to: ".hidden.csv")
    try folder.write("nothing\n", to: "_temporary/d.csv")
    try folder.write("not a table", to: "notes.md")
    let result = try Table.read(from: folder.path)
    #expect(result.table.strings("x") == ["a", "b", "c"])
    #expect(result.table.numbers("y") == [10, 20, 30])
    #expect(
      result.notes == [
        "\(folder.path): passed over files that are not tables: notes.md",
        "\(folder.path)/sub/c.csv: ignored z, which \(folder.path)/a.csv lacks",
      ])
  }

  @Test func `partitions become columns`() throws {
    try folder.write("x\n1\n2\n", to: "year=2023/country=fr/part.csv")
    try folder.write("x\n3\n", to: "year=2024/country=C%C3%B4te%20d/part.csv")
    try folder.write("x\n4\n", to: "year=2024/country=__HIVE_DEFAULT_PARTITION__/part.csv")
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

  @Test func `a partition that is also a column is an error`() throws {
    try folder.write("x,y\n1,2\n", to: "x=1/part.csv")
    #expect(
      tableError { _ = try Table.of(folder.path) }
        == .duplicateColumn(file: folder.path, name: "x"))
  }

  @Test func `a path that gives a partition column two values is an error`() throws {
    try folder.write("x\n1\n", to: "m=0/n=2/part.csv")
    let other = try folder.write("x\n1\n", to: "m=1/n=3/m=2/part.csv")
    let error = TableError.repeatedPartition(file: other, name: "m")
    #expect(tableError { _ = try Table.of(folder.path) } == error)
    #expect(
      error.description
        == "\(other): two folders of this path give the column 'm' a value, expected one"
    )
  }

  @Test func `a file that lacks a column is named`() throws {
    try folder.write("x,y\n1,2\n", to: "a.csv")
    let other = try folder.write("x,w\n1,2\n", to: "b.csv")
    #expect(
      tableError { _ = try Table.of(folder.path) }
        == .missingColumn(file: other, name: "y", known: ["x", "w"]))
  }

  @Test func `a bad cell is found in its file`() throws {
    try folder.write("x\n1\n2\n", to: "a.csv")
    let other = try folder.write("x\n3\nfour\n", to: "b.csv")
    #expect(
      tableError { _ = try Table.of(folder.path, ReadOptions(kinds: ["x": .number])) }
        == .badCell(
          file: other, row: 2, line: 3, column: "x", cell: "four", expected: .number))
  }

  @Test func `a word in one file makes the column a category in all`() throws {
    try folder.write("x\n01\n02\n", to: "a.csv")
    try folder.write("x\nthree\n", to: "b.csv")
    #expect(try Table.of(folder.path).strings("x") == ["01", "02", "three"])
  }

  @Test func `mixed formats and folders without tables are errors`() throws {
    try folder.write("not a table", to: "notes.md")
    #expect(tableError { _ = try Table.of(folder.path) } == .noFiles(folder: folder.path))
    try folder.write("x\n1\n", to: "b.csv")
    try Table(columns: [Column(name: "x", values: .number(NumberColumn([1.0])))], rowCount: 1)
      .write(to: folder.path + "/a.parquet")
    #expect(
      tableError { _ = try Table.of(folder.path) }
        == .mixedFormats(folder: folder.path, delimited: "b.csv", parquet: "a.parquet"))
  }

  @Test func `many files keep no descriptors open`() throws {
    for index in 0..<1_500 { try folder.write("x\n\(index)\n", to: "part-\(10_000 + index).csv") }
    #expect(try Table.of(folder.path).numbers("x") == (0..<1_500).map { Double($0) })
  }
}

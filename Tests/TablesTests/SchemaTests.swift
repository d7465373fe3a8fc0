// The columns a model was trained on are what it gets, or an error says why not.

import Tables
import TestSupport
import Testing

@Suite(.onOwnThread) struct SchemaTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let schema = Schema(fields: [
    .init(name: "plan", kind: .category), .init(name: "age", kind: .number),
    .init(name: "id", kind: .text), .init(name: "since", kind: .timestamp),
  ])

  @Test func `columns come in the order and kinds of the schema, extra ones are noted`() throws {
    let file = try folder.write(
      "id,extra,age,since,plan\n7,x,40,1970-01-01T00:00:05,01\n", to: "data.csv")
    let result = try Table.read(from: file, options: ReadOptions(schema: schema))
    #expect(result.table.schema == schema)
    #expect(result.table.strings("plan") == ["01"])
    #expect(result.table.numbers("age") == [40])
    #expect(result.table.strings("id") == ["7"])
    #expect(result.table.numbers("since") == [5])
    #expect(result.notes == ["\(file): ignored 1 column(s) the model does not use: extra"])
  }

  @Test func `a missing column is named`() throws {
    let file = try folder.write("id,ages,since,plan\n7,40,1970-01-01,x\n", to: "data.csv")
    let error = tableError { _ = try Table.of(file, ReadOptions(schema: schema)) }
    #expect(
      error == .missingColumn(file: file, name: "age", known: ["id", "ages", "since", "plan"]))
    #expect(error?.description == "\(file): the column 'age' is missing")
  }

  @Test func `a word where the schema has a number is an error with its place`() throws {
    let file = try folder.write("id,age,since,plan\n7,40,,x\n8,old,,x\n", to: "data.csv")
    #expect(
      tableError { _ = try Table.of(file, ReadOptions(schema: schema)) }
        == .badCell(file: file, row: 2, line: 3, column: "age", cell: "old", expected: .number))
  }

  @Test func `missing values fit every kind`() throws {
    let file = try folder.write("id,age,since,plan\n,,,\n", to: "data.csv")
    let table = try Table.of(file, ReadOptions(schema: schema))
    #expect(table.schema == schema)
    #expect(table.strings("plan") == [nil])
    #expect(table.numbers("age") == [nil])
    #expect(table.strings("id") == [nil])
    #expect(table.numbers("since") == [nil])
  }

  @Test func `Parquet numbers serve as categories and strings as numbers`() throws {
    let path = folder.path + "/data.parquet"
    try Table(
      columns: [
        Column(name: "plan", values: .number(NumberColumn([1, .nan, 2.5]))),
        Column(name: "age", values: .category(CategoryColumn(["40", nil, "41.5"]))),
        Column(name: "id", values: .number(NumberColumn([7, 8, 9]))),
        Column(name: "since", values: .timestamp(NumberColumn([0, 1, 2.25]))),
      ], rowCount: 3
    ).write(to: path)
    let table = try Table.of(path, ReadOptions(schema: schema))
    #expect(table.strings("plan") == ["1", nil, "2.5"])
    #expect(table.numbers("age") == [40, nil, 41.5])
    #expect(table.strings("id") == ["7", "8", "9"])
    #expect(table.numbers("since") == [0, 1, 2.25])
  }
}

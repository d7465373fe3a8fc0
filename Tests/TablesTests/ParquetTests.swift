// What a reader makes of the types of Parquet; Fixtures/make-fixtures.py writes the files.

import Tables
import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct ParquetTests {
  private static let fixtures =
    #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast().joined(separator: "/") + "/Fixtures"
  private let types = fixtures + "/types.parquet"
  private let identifiers = fixtures + "/identifiers.parquet"

  @Test(arguments: [
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
    "float64",
  ])
  func `every type of number is a number`(_ name: String) throws {
    #expect(try Table.of(types).numbers(name) == [nil, 1, 2, 3, nil, 100])
  }

  @Test func `decimals are numbers, clocks are categories, nothing is missing`() throws {
    let table = try Table.of(types)
    #expect(table.numbers("decimal") == [nil, 1.25, -2.5, 3, nil, 100])
    #expect(table.strings("clock")?[5] == "01:00:00.000")
    #expect(table.numbers("nothing") == [nil, nil, nil, nil, nil, nil])
  }

  @Test func `booleans and strings are categories`() throws {
    let table = try Table.of(types)
    #expect(table.strings("flag") == [nil, "true", "false", "true", nil, "false"])
    #expect(table.strings("word") == [nil, "b", "a", nil, "b", nil])
    #expect(table.levels("word") == ["b", "a"])
    #expect(table.strings("large") == [nil, "b", "a", "c", "b", "a"])
  }

  @Test func `strings of digits are numbers unless they are declared a category`() throws {
    let table = try Table.of(types, ReadOptions(kinds: ["digits": .number]))
    #expect(table.numbers("digits") == [nil, 1, nil, 3, 4, 5])
    // One of them has a leading zero, which a number would lose.
    #expect(try Table.of(types).strings("digits") == [nil, "1", nil, "3", "04", "5"])
    #expect(table.strings("declared") == [nil, "3", "1", "3", "1", "2"])
    #expect(table.levels("declared") == ["3", "1", "2"])
  }

  @Test func `dates and timestamps are seconds`() throws {
    let table = try Table.of(types)
    #expect(table.columns.filter { $0.kind == .timestamp }.count == 3)
    #expect(table.numbers("date") == [nil, 0, 86_400, 172_800, 259_200, 345_600])
    #expect(table.numbers("seconds") == [nil, 0, 0.001, 0.002, 0.003, 0.004])
    #expect(table.numbers("nanos")?[2] == 1.5)
  }

  /// A name that is cut at the zero byte would be that of another column.
  @Test func `a name with a zero byte is refused`() {
    let file = Self.fixtures + "/zero-name.parquet"
    #expect(tableError { _ = try Table.of(file) } == .badColumnName(file: file, column: 2))
  }

  /// A model that was trained on nanoseconds must not read microseconds as a thousandth.
  @Test(arguments: ["s", "ms", "us", "ns"])
  func `durations are seconds, whatever their unit`(_ unit: String) throws {
    let table = try Table.of(Self.fixtures + "/durations.parquet")
    #expect(table.numbers(unit) == [60, nil, -90, 0])
  }

  @Test func `forced kinds`() throws {
    let table = try Table.of(
      types,
      ReadOptions(kinds: [
        "int8": .category, "digits": .text, "word": .text, "date": .category,
        "declared": .number, "large": .text, "float64": .text,
      ]))
    #expect(table.strings("int8") == [nil, "1", "2", "3", nil, "100"])
    #expect(table.strings("digits") == [nil, "1", " ", "3", "04", "5"])
    #expect(table.strings("word") == [nil, " b ", "a", nil, "b", "?"])
    #expect(table.strings("date")?[1] == "1970-01-01")
    #expect(table.numbers("declared") == [nil, 3, 1, 3, 1, 2])
    #expect(table.strings("large") == [nil, "b", "a", "c", "b", "a"])
    #expect(table.strings("float64") == [nil, "1", "2", "3", nil, "100"])
  }

  /// A column whose type is of another kind, what is found in it, and what is expected.
  @Test(arguments: [
    ("date", "1970-01-01", ColumnKind.number), ("seconds", "1970-01-01 00:00:00", .number),
    ("nanos", "1970-01-01 00:00:00Z", .number), ("flag", "true", .number),
    ("clock", "00:00:00.000", .number), ("large", "b", .number), ("int64", "1", .timestamp),
    ("float64", "1", .timestamp), ("flag", "true", .timestamp),
    ("clock", "00:00:00.000", .timestamp), ("digits", "1", .timestamp),
  ])
  func `a type of another kind is what its cells are in text`(
    _ name: String, _ cell: String, _ expected: ColumnKind
  ) {
    #expect(
      tableError { _ = try Table.of(types, ReadOptions(kinds: [ByteText(name): expected])) }
        == .badCell(file: types, row: 2, line: nil, column: name, cell: cell, expected: expected))
  }

  @Test func `a type without values fits every kind`() throws {
    let table = try Table.of(types, ReadOptions(kinds: ["nothing": .timestamp]))
    #expect(table.numbers("nothing") == [nil, nil, nil, nil, nil, nil])
  }

  @Test func `text and categories of typed columns keep every digit`() throws {
    let names = [
      "whole", "unsigned", "decimal", "flag", "instant", "zoned", "date", "float", "declared",
    ]
    let kinds = Dictionary(uniqueKeysWithValues: names.map { (ByteText($0), ColumnKind.text) })
    let table = try Table.of(identifiers, ReadOptions(kinds: kinds))
    #expect(table.strings("whole") == ["9007199254740993", nil, "7", "-9007199254740993"])
    #expect(table.strings("unsigned") == ["18446744073709551615", nil, "7", "0"])
    #expect(table.strings("decimal") == ["10000000000000000001", nil, "7", "0"])
    #expect(table.strings("flag") == ["true", nil, "false", "true"])
    #expect(
      table.strings("instant")
        == [
          "2023-11-14 22:13:20.123456789", nil, "1970-01-01 00:00:00",
          "1970-01-01 00:00:01.500000000",
        ]
    )
    #expect(
      table.strings("zoned")
        == ["1970-01-01 00:00:00Z", nil, "1970-01-01 00:00:00.001Z", "1970-01-01 00:00:01.500Z"])
    #expect(table.strings("date") == ["2024-02-29", nil, "1970-01-01", nil])
    #expect(table.strings("float") == ["1", nil, "2.5", "3"])
    #expect(table.strings("declared") == ["9007199254740993", nil, "9007199254740993", "7"])
    let categories = try Table.of(identifiers, ReadOptions(kinds: ["whole": .category]))
    #expect(categories.levels("whole") == ["9007199254740993", "7", "-9007199254740993"])
  }

  @Test func `strings that all spell dates are timestamps, as in delimited text`() throws {
    let table = try Table.of(identifiers)
    let folder = try TemporaryFolder()
    let text = try Table.of(
      folder.write(
        """
        day,moment,almost
        2024-02-29,2024-02-29 12:00:00,2024-02-29
        ,NA,1970-01-02
         1970-01-02 ,1970-01-02T00:00:00Z,soon
        ,1970-01-01,

        """, to: "t.csv"))
    for name in ["day", "moment"] {
      #expect(table[name]?.kind == .timestamp && text[name]?.kind == .timestamp, "\(name)")
      #expect(table.numbers(name) == text.numbers(name))
    }
    #expect(table.numbers("day") == [1_709_164_800, nil, 86_400, nil])
    #expect(table["almost"]?.kind == .category && text["almost"]?.kind == .category)
  }

  @Test func `a bad cell has a row but no line`() {
    #expect(
      tableError { _ = try Table.of(types, ReadOptions(kinds: ["word": .number])) }
        == .badCell(file: types, row: 2, line: nil, column: "word", cell: " b ", expected: .number))
  }

  @Test func `a nested column is named, and can be left out`() throws {
    let nested = Self.fixtures + "/nested.parquet"
    #expect(
      tableError { _ = try Table.of(nested) } == .nestedColumns(file: nested, columns: ["list"]))
    #expect(try Table.of(nested, ReadOptions(excluding: ["list"])).numbers("x") == [1, 2])
  }

  @Test func `blocks that cross chunks read as the whole column`() throws {
    for column in try Table.of(types).columns {
      guard case .number(let numbers) = column.values else { continue }
      let all = numbers.doubles()
      for start in 0..<all.count {
        for end in start...all.count {
          var buffer = [Double](repeating: -1, count: end - start + 1)
          buffer.withUnsafeMutableBufferPointer { numbers.read(start..<end, into: $0) }
          #expect(buffer.map(\.bitPattern) == (all[start..<end] + [-1]).map(\.bitPattern))
        }
      }
      let rows: [Int32] = [5, 0, 3, 3, 1, 2, 4]
      #expect(
        numbers.doubles(rows: rows).map(\.bitPattern) == rows.map { all[Int($0)].bitPattern })
    }
  }
}

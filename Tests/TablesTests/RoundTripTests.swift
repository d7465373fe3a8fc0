// What is written reads back as it was.

import Glibc
import NumericCore
import Tables
import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct RoundTripTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A table of every kind, with missing values and everything that needs quotes.
  private func randomTable(rows: Int, seed: UInt64) -> Table {
    var random = SeededGenerator(seed: seed)
    let words = [
      "plain", "two words", "a,b", "a;b", "tab\there", "say \"x\"", "\"", "line\nend", "end\r\n.",
      "Zoë", "日本", "-", "None", "0x10", "1e", "'",
    ]
    func missing() -> Bool { random.uniform() < 0.2 }
    let numbers = (0..<rows).map { row -> Double in
      if missing() { return .nan }
      let values = [
        random.normal(), Double(row), random.normal() * 1e300, -0.0, .infinity,
        Double(bitPattern: random.next() >> 12), 0x1p60,
      ]
      return values[Int(random.next() % UInt64(values.count))]
    }
    // The first row is present, so that no column is without any value.
    let categories = (0..<rows).map {
      $0 > 0 && missing() ? nil : words.randomElement(using: &random)
    }
    let texts = (0..<rows).map {
      $0 > 0 && missing() ? nil : "  id-\($0) \(words.randomElement(using: &random) ?? "")"
    }
    let instants = (0..<rows).map {
      $0 > 0 && missing()
        ? Double.nan : Double(Int64(random.uniform() * 1e16) - 4_000_000_000_000_000) / 1e6
    }
    let floats = (0..<rows).map { _ in missing() ? Float.nan : Float(random.normal()) }
    return Table(
      columns: [
        Column(name: "number", values: .number(NumberColumn(numbers))),
        Column(name: "a, \"category\"", values: .category(CategoryColumn(categories))),
        Column(name: "text", values: .text(TextColumn(texts))),
        Column(name: "instant", values: .timestamp(NumberColumn(instants))),
        Column(name: "float", values: .number(NumberColumn(floats: floats))),
      ], rowCount: rows)
  }

  @Test(arguments: ["csv", "parquet"], [(1, 1), (2, 2), (7, 3), (1_000, 4), (40_000, 5)])
  func `random tables`(_ ending: String, _ shape: (rows: Int, seed: Int)) throws {
    let table = randomTable(rows: shape.rows, seed: UInt64(shape.seed))
    let path = "\(folder.path)/table.\(ending)"
    try table.write(to: path)
    let copy = try Table.of(path, ReadOptions(kinds: ["text": .text]))
    #expect(copy.schema == table.schema)
    #expect(copy.rowCount == table.rowCount)
    for column in table.columns {
      switch column.kind {
      case .number, .timestamp:
        let pairs = zip(copy.numbers(column.name) ?? [], table.numbers(column.name) ?? [])
        #expect(pairs.first { $0 != $1 } == nil, "\(column.name)")
      case .category, .text:
        let pairs = zip(copy.strings(column.name) ?? [], table.strings(column.name) ?? [])
        #expect(pairs.first { $0 != $1 } == nil, "\(column.name)")
      }
    }
    #expect(try folder.names() == ["table.\(ending)"])
  }

  @Test func `a category whose levels are digits stays one in Parquet`() throws {
    let path = folder.path + "/table.parquet"
    let column = CategoryColumn(["10", "2", nil, "10"])
    try Table(columns: [Column(name: "c", values: .category(column))], rowCount: 4).write(to: path)
    #expect(try Table.of(path).levels("c") == ["10", "2"])
  }

  @Test func `a lone column keeps its missing rows`() throws {
    let path = folder.path + "/table.csv"
    let column = NumberColumn([1, .nan, 3, .nan])
    try Table(columns: [Column(name: "x", values: .number(column))], rowCount: 4).write(to: path)
    #expect(try Table.of(path).numbers("x") == [1, nil, 3, nil])
  }

  @Test func `the bytes of a CSV file`() throws {
    let table = Table(
      columns: [
        Column(name: "id", values: .text(TextColumn(["a", nil, "x,y"]))),
        Column(name: "p", values: .number(NumberColumn([0.1, 2, .nan]))),
        Column(name: "t", values: .timestamp(NumberColumn([-0.5, .nan, 1_709_210_096]))),
      ], rowCount: 3)
    try table.write(to: folder.path + "/table.csv")
    #expect(
      try String(decoding: folder.bytes("table.csv"), as: UTF8.self) == """
        id,p,t
        a,0.1,1969-12-31T23:59:59.500000Z
        ,2,
        "x,y",,2024-02-29T12:34:56Z

        """)
  }

  @Test(.enabled(if: Python.has("json"), "needs a Python; tools/test provides it"))
  func `Python reads JSON lines as they were written`() throws {
    let path = folder.path + "/table.jsonl"
    let texts = [#"say "x" \ /"#, "a\nb\r\t\u{1}\u{7F}", "日本 \u{2028}", nil]
    let whole = NumberColumn(
      integers: [9_007_199_254_740_993, .max, .min, 0], isMissing: [false, false, false, true])
    try Table(
      columns: [
        Column(name: "a \"text\"", values: .text(TextColumn(texts))),
        Column(name: "level", values: .category(CategoryColumn(["\u{2}", nil, "x\"", "x\""]))),
        Column(name: "number", values: .number(NumberColumn([0.1, 1e300, .infinity, .nan]))),
        Column(name: "whole", values: .number(whole)),
        Column(name: "time", values: .timestamp(NumberColumn([-0.5, .nan, 0, 1_709_210_096]))),
      ], rowCount: 4
    ).write(to: path)
    let lines = String(decoding: try folder.bytes("table.jsonl"), as: UTF8.self)
    #expect(lines.contains(#""number":0.1,"whole":9007199254740993,"#), "\(lines)")
    let found = try Python.run(
      """
      import json, sys
      rows = [json.loads(line) for line in open(sys.argv[1], encoding='utf-8', newline='\\n')]
      def column(name): return [row[name] for row in rows]
      assert all(list(row) == ['a "text"', 'level', 'number', 'whole', 'time'] for row in rows)
      assert column('a "text"') == ['say "x" \\\\ /', 'a\\nb\\r\\t\\x01\\x7f',
                                    '日本 \\u2028', None]
      assert column('level') == ['\\x02', None, 'x"', 'x"']
      assert column('number') == [0.1, 1e300, None, None]
      assert column('whole') == [2**53 + 1, 2**63 - 1, -2**63, None]
      assert column('time')[1] is None and column('time')[2] == '1970-01-01T00:00:00Z'
      """, [path])
    #expect(found == "", "\(found)")
  }

  @Test func `a failed write leaves nothing, and an old file as it was`() throws {
    let table = randomTable(rows: 10, seed: 1)
    let none = folder.path + "/none/table.csv"
    #expect(tableError { try table.write(to: none) } == .noFolder(path: folder.path + "/none"))
    let odd = folder.path + "/table.xlsx"
    #expect(tableError { try table.write(to: odd) } == .unknownFormat(path: odd))
    mkdir(folder.path + "/taken.csv", 0o755)
    #expect(tableError { try table.write(to: folder.path + "/taken.csv") }?.kind == .file)
    #expect(try folder.names() == ["taken.csv"])
  }

  @Test func `what a killed process left is removed, and files of others are not`() throws {
    try folder.write("half", to: ".table.csv.99999999.mlcore.tmp")
    try folder.write("theirs", to: ".table.csv.99999999.tmp")
    try randomTable(rows: 10, seed: 1).write(to: folder.path + "/table.csv")
    #expect(try folder.names() == [".table.csv.99999999.tmp", "table.csv"])
  }

  @Test(.enabled(if: access("/dev/full", W_OK) == 0))
  func `a full disk is an error of the file`() throws {
    // The temporary file is made beside its place, so the device itself stands in for the disk.
    let link = folder.path + "/.table.csv.\(getpid()).mlcore.tmp"
    symlink("/dev/full", link)
    let path = folder.path + "/table.csv"
    let error = tableError { try randomTable(rows: 10, seed: 1).write(to: path) }
    guard case .fileFailed(path, let reason) = error else {
      Issue.record("got \(String(describing: error))")
      return
    }
    #expect(reason.contains("No space left"))
    #expect(try folder.names() == [])
  }

  @Test(arguments: [1, 2, 1_000, 40_000])
  func `rows in any order and at any distance read as all rows do`(_ count: Int) throws {
    let table = randomTable(rows: count, seed: UInt64(count))
    let path = "\(folder.path)/rows.parquet"
    try table.write(to: path)
    var random = SeededGenerator(seed: 7)
    let drawn = (0..<3_000).map { _ in Int32(random.next() % UInt64(count)) }
    let some = (0..<Int32(count)).filter { _ in random.uniform() < 0.8 }
    for column in try Table.of(path, ReadOptions(kinds: ["text": .text])).columns {
      let numbers: NumberColumn
      switch column.values {
      case .number(let values), .timestamp(let values): numbers = values
      default: continue
      }
      let all = numbers.doubles()
      for rows in [[], drawn, drawn.sorted(), some, some.reversed()] {
        #expect(
          numbers.doubles(rows: rows).map(\.bitPattern) == rows.map { all[Int($0)].bitPattern })
      }
    }
  }
}

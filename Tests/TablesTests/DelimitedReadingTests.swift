// What a reader makes of well-formed delimited text.

import Tables
import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct DelimitedReadingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> Table {
    try .of(folder.write(text, to: "data.csv"), options)
  }

  @Test func `each column gets the kind of its values`() throws {
    let table = try read(
      """
      whole,real,word,flag,day,moment
      1,0.5,red,true,2024-02-29,1970-01-01T00:00:01.5Z
      -2,1e3,blue,False,1970-01-02,1970-01-01 00:00:00.25Z
      """)
    #expect(table.rowCount == 2)
    #expect(
      table.schema.fields.map(\.kind) == [
        .number, .number, .category, .category, .timestamp, .timestamp,
      ])
    #expect(table.numbers("whole") == [1, -2])
    #expect(table.numbers("real") == [0.5, 1000])
    #expect(table.strings("word") == ["red", "blue"])
    #expect(table.strings("flag") == ["true", "false"])
    #expect(table.numbers("day") == [1_709_164_800, 86_400])
    #expect(table.numbers("moment") == [1.5, 0.25])
  }

  @Test func `every spelling of a missing value is missing`() throws {
    for token in ["", " ", "?", " ?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "null", "NULL"] {
      let table = try read("n,w,t\n1,a,2024-01-01\n\(token),\(token),\(token)\n3,b,2024-01-02\n")
      #expect(table.numbers("n") == [1, nil, 3], "\(token)")
      #expect(table.strings("w") == ["a", nil, "b"], "\(token)")
      #expect(table.numbers("t") == [1_704_067_200, nil, 1_704_153_600], "\(token)")
    }
  }

  @Test func `none and dash are values`() throws {
    #expect(try read("w,n\nNone,1\n-,2\n").strings("w") == ["None", "-"])
  }

  @Test func `strings that are numbers but for blanks become numbers`() throws {
    // Three spaces are no spelling that the first pass knows: the column falls back to strings.
    let table = try read("total,x\n 29.85 ,a\n   ,b\n+7,c\n\" 8 \",d\n")
    #expect(table.numbers("total") == [29.85, nil, 7, 8])
  }

  @Test func `levels are trimmed, merged, and in the order of their first appearance`() throws {
    let table = try read("w,n\n b,1\na,1\nb ,1\n\"a\",1\n c,1\n")
    #expect(table.levels("w") == ["b", "a", "c"])
    #expect(table.strings("w") == ["b", "a", "b", "a", "c"])
  }

  @Test func `a column of missing values only is a number column`() throws {
    #expect(try read("x,y\n1,\n2,?\n").numbers("y") == [nil, nil])
  }

  @Test func `infinities and integers beyond two to the 53 are doubles`() throws {
    let table = try read("x\n9007199254740993\ninf\n-Infinity\n")
    #expect(table.numbers("x") == [9_007_199_254_740_992, .infinity, -.infinity])
  }

  @Test func `a word far below numbers makes the column a category with its original text`() throws
  {
    let rows = (0..<200_000).map { "0\($0 % 50),\($0)" }.joined(separator: "\n")
    let table = try read("code,n\n\(rows)\nlast,0\n")
    #expect(table.strings("code")?.first == "00")
    #expect(table.strings("code")?.last == "last")
    #expect(table.levels("code")?.count == 51)
    #expect(table.numbers("n")?[199_999] == 199_999)
  }

  @Test func `numbers far below missing values make a number column`() throws {
    let blanks = String(repeating: "x,\n", count: 400_000)
    #expect(try read("a,b\n\(blanks)y,5\n").numbers("b")?.last == 5)
  }

  @Test(arguments: [",", ";", "\t", "|"])
  func `the delimiter is found in the first line`(_ delimiter: String) throws {
    let text = "a,\"b,;|\t\",c,d\n1,2,3,4\n"
    var fields = text.replacing(",\"b,;|\t\",", with: "\(delimiter)b\(delimiter)")
    fields = fields.replacing(",", with: delimiter)
    let table = try read(fields)
    #expect(table.columns.map(\.name) == ["a", "b", "c", "d"])
    #expect(table.numbers("d") == [4])
  }

  @Test func `a given delimiter wins, and tsv means a tab`() throws {
    let colons = try folder.write("a:b,c\n1:2\n", to: "colons.csv")
    #expect(
      try Table.of(colons, ReadOptions(delimiter: UInt8(ascii: ":"))).numbers("b,c") == [2])
    let tabs = try folder.write("a,b,c\td\n1\t2\n", to: "tabs.tsv")
    #expect(try Table.of(tabs).columns.map(\.name) == ["a,b,c", "d"])
  }

  @Test func `without a header columns are numbered`() throws {
    let table = try read("1\tx\n2\ty\n", ReadOptions(hasHeader: false))
    #expect(table.numbers("column_0") == [1, 2])
    #expect(table.strings("column_1") == ["x", "y"])
  }

  @Test func `byte order mark, carriage returns, quotes and spaces in the header`() throws {
    let table = try read("\u{FEFF}\" first \" , second,\"th\"\"ird, x\"\r\n1,2,3\r\n\r\n4,5,6")
    #expect(table.columns.map(\.name) == ["first", "second", "th\"ird, x"])
    #expect(table.numbers("first") == [1, 4])
    #expect(table.numbers("th\"ird, x") == [3, 6])
  }

  @Test func `a column without a name is called after its place`() throws {
    #expect(try read(",a\n1,2\n").columns.map(\.name) == ["column_0", "a"])
  }

  @Test func `delimiters, quotes and line ends inside quotes are text`() throws {
    let table = try read("a,b\n\"x,y\",1\n\"he said \"\"no\"\"\",2\n\"two\nlines\",3\n")
    #expect(table.strings("a") == ["x,y", "he said \"no\"", "two\nlines"])
  }

  @Test func `line ends inside quotes survive blocks that end there`() throws {
    let cell = "\"" + String(repeating: "line\n", count: 2_000) + "\""
    let text = "n,s\n" + (0..<1_200).map { "\($0),\(cell)" }.joined(separator: "\n")
    let table = try read(text, ReadOptions(kinds: ["s": .text]))
    #expect(table.numbers("n") == (0..<1_200).map { Double($0) })
    #expect(table.strings("s")?.allSatisfy { $0?.utf8.count == 10_000 } == true)
  }

  @Test func `wide tables are read`() throws {
    let names = (0..<5_000).map { "f\($0)" }
    let table = try read(
      names.joined(separator: ",") + "\n"
        + (0..<3).map { row in names.indices.map { "\(row * 5_000 + $0)" }.joined(separator: ",") }
        .joined(separator: "\n"))
    #expect(table.columns.count == 5_000)
    #expect(table.numbers("f4999") == [4_999, 9_999, 14_999])
  }

  @Test func `forced kinds keep the text or make numbers of it`() throws {
    let text = "id,code,n\n007,01,1\n ,1,\n"
    let table = try read(text, ReadOptions(kinds: ["id": .text, "code": .category, "n": .number]))
    #expect(table.strings("id") == ["007", " "])
    #expect(table.levels("code") == ["01", "1"])
    #expect(table.numbers("n") == [1, nil])
    let moment = try read(
      "t\nNA\n1970-01-01 00:00:02\n1970-01-01T00:00:03Z\n", ReadOptions(kinds: ["t": .timestamp]))
    #expect(moment.numbers("t") == [nil, 2, 3])
  }

  @Test func `excluded columns are not read`() throws {
    let table = try read("a,b,c\n1,2,3\n", ReadOptions(excluding: ["b"]))
    #expect(table.columns.map(\.name) == ["a", "c"])
    #expect(table.numbers("c") == [3])
  }

  @Test func `the number of threads changes nothing`() throws {
    // Larger than two blocks, with categories whose first rows differ from block to block.
    let rows = (0..<400_000).map { "\($0),w\(($0 / 1_000) * 7 % 401),\(Double($0) / 7)" }
    let file = try folder.write("n,w,x\n" + rows.joined(separator: "\n"), to: "big.csv")
    let tables = try [1, 2, 4].map { try Table.of(file, ReadOptions(threads: $0)) }
    let expected = (0..<400_000).map { "w\(($0 / 1_000) * 7 % 401)" }
    for table in tables {
      #expect(table.numbers("n") == (0..<400_000).map { Double($0) })
      #expect(table.numbers("x") == tables[0].numbers("x"))
      #expect(table.levels("w") == (0..<400).map { "w\($0 * 7 % 401)" })
      #expect(table.strings("w") == expected)
    }
  }
}

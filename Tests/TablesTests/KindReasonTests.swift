// Why columns have their kinds, and that nothing is lost by them in silence.

import TestSupport
import Testing
import Texts

@testable import Tables

@Suite(.onOwnThread) struct KindReasonTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func reading(
    _ text: String, _ options: ReadOptions = ReadOptions()
  ) throws -> [String: (kind: ColumnKind, reason: String)] {
    let result = try Table.read(from: folder.write(text, to: "data.csv"), options: options)
    return Dictionary(
      uniqueKeysWithValues: result.findings.map { ($0.name, ($0.kind, "\($0.reason)")) })
  }

  @Test func `ordinary columns say what they hold`() throws {
    let found = try reading(
      "n,w,b,d,g,e\n1,basic,True,2024-01-01,7,\n2.5,plus,false,2024-01-02,8,\n",
      ReadOptions(kinds: ["g": .category]))
    #expect(found["n"]?.reason == "all values are numbers")
    #expect(found["w"]?.reason == "values are texts, such as 'basic'")
    #expect(found["b"]?.reason == "all values are true or false")
    #expect(found["d"]?.reason == "all values are dates or times")
    #expect(found["g"]?.reason == "asked for")
    #expect(found["e"]?.kind == .number)
  }

  @Test func `codes keep their leading zeros`() throws {
    let table = try Table.read(from: folder.write("code,n\n123,1\n0123,0\n7,0.5\n", to: "c.csv"))
    #expect(table.table.levels("code") == ["123", "0123", "7"])
    #expect(table.table["n"]?.kind == .number)
    #expect(table.findings[0].reason.isDoubtful && !table.findings[1].reason.isDoubtful)
    #expect(
      table.findings[0].reason.description
        == "a number would lose the leading zeros of '0123' (line 3)")
  }

  @Test(arguments: ["", "\""])
  func `a leading zero is found far below the first rows`(_ quote: String) throws {
    // Words with such zeros, and delimiters inside quotes, are in other columns.
    let word = quote.isEmpty ? "x 01" : "\"0x,01\""
    let rows = (0..<300_000).map { "\(quote)\($0 % 97)\(quote),\($0),\(word)\n" }
    let found = try reading("code,n,w\n\(rows.joined())\(quote)012\(quote),0,w\n")
    #expect(found["code"]?.kind == .category)
    #expect(found["code"]?.reason.contains("'012' (line 300002)") == true)
    #expect(found["n"]?.kind == .number)
  }

  @Test func `a few texts among numbers are named with their line`() throws {
    var rows = (0..<40).map { "\($0).5,2024-01-01,x" }
    rows[6] = "n.v.,2024-01-01,x"
    rows[9] = "9.5,soon,1"
    let found = try reading("a,d,w\n" + rows.joined(separator: "\n"))
    #expect(found["a"]?.kind == .category && found["d"]?.kind == .category)
    #expect(found["a"]?.reason == "39 of 40 values are numbers, but 'n.v.' (line 8) is not")
    #expect(found["d"]?.reason == "39 of 40 values are dates, but 'soon' (line 11) is not")
    #expect(found["w"]?.reason == "values are texts, such as 'x'")
    rows[10] = "gone,2024-01-01,x"
    let two = try reading("a,d,w\n" + rows.joined(separator: "\n"))
    #expect(
      two["a"]?.reason
        == "38 of 40 values are numbers, but 2 are not, the first of them 'n.v.' (line 8)")
  }

  @Test func `dates of another form suggest the formats that read them`() throws {
    let result = try Table.read(
      from: folder.write(
        """
        european,either,dotted,mixed,clock
        05/10/2011,01/02/2011,2011.05.31,2011-05-31,5/10/2011 10:00 PM
        20/10/2011,03/04/2011,2011.06.01,31.05.2011,6/10/2011 9:30 AM

        """, to: "d.csv"))
    func formats(_ name: String) -> [String]? {
      let finding = result.findings.first { $0.name == name }
      guard case .foreignDates(_, let formats)? = finding?.reason else { return nil }
      return formats
    }
    #expect(formats("european") == ["%d/%m/%Y"])
    #expect(formats("either") == ["%d/%m/%Y", "%m/%d/%Y"])
    #expect(formats("dotted") == ["%Y.%m.%d"])
    #expect(formats("mixed") == [])
    #expect(formats("clock") == ["%d/%m/%Y %I:%M %p", "%m/%d/%Y %I:%M %p"])
  }

  @Test func `a decimal comma is noticed, and read where it is said`() throws {
    let text = "a;b;c\n1,5;x;1.234\n2;y;1.5\n"
    let found = try reading(text)
    #expect(found["a"]?.reason == "numbers have a decimal comma: '1,5' (line 2)")
    let table = try Table.of(
      folder.write(text, to: "data.csv"), ReadOptions(decimal: UInt8(ascii: ",")))
    #expect(table.numbers("a") == [1.5, 2])
    // A point is no comma: it may stand before three digits of a thousand.
    #expect(table["c"]?.kind == .category)
    let thousands = try reading("a;b\n1,234;x\n2;y\n3;y\n4;y\n5;y\n")
    #expect(thousands["a"]?.reason == "4 of 5 values are numbers, but '1,234' (line 2) is not")
  }

  @Test(arguments: [
    ("$62.40", "$7"), ("56 years", "1 year"), ("12%", "7.5 %"), ("1.234,00", "2.500,50"),
    ("1,234.50", "12,500"), ("EUR 12", "EUR 7.5"), ("-3 €", "12 €"), ("1'234", "12'500"),
  ])
  func `numbers with a currency, a unit or thousands are noticed`(
    first: String, second: String
  ) throws {
    let result = try Table.read(from: folder.write("a;b\n\(first);x\n\(second);y\n", to: "m.csv"))
    #expect(result.findings[0].kind == .category)
    #expect(result.findings[0].reason.isDoubtful)
    #expect(
      result.findings[0].reason.description
        == "numbers have a currency, a unit or separators of thousands: '\(first)' (line 2)")
  }

  @Test func `names that hold digits are ordinary texts`() throws {
    let names = [
      ["1st", "2nd", "3rd", "4th"], ["1012 AB", "1013 BC", "1014 CD", "1015 DE"],
      ["18-24", "25-34", "35-44", "45-54"], ["A4", "B5", "C6", "D7"],
      ["12 Main Street", "7 High Street", "9 High Street", "1 Elm Street"],
      ["10%", "low", "high", "none"],
    ]
    for texts in names {
      let found = try reading("a;b\n" + texts.map { "\($0);x\n" }.joined())
      #expect(found["a"]?.reason == "values are texts, such as '\(texts[0])'")
    }
  }

  @Test func `a format makes dates of texts, and names what is none`() throws {
    let format = try #require(DateFormat("%d/%m/%Y"))
    let options = ReadOptions(dates: ["since": format])
    let table = try Table.of(
      folder.write("since,x\n 02/01/1970 ,1\nNA,2\n1/1/1970,3\n", to: "s.csv"), options)
    #expect(table["since"]?.kind == .timestamp)
    #expect(table.numbers("since") == [86_400, nil, 0])
    let bad = try folder.write("since,x\n02/01/1970,1\n1970-01-02,2\n", to: "bad.csv")
    let error = tableError { _ = try Table.of(bad, options) }
    #expect(
      error?.description
        == "\(bad): line 3, column 'since': found '1970-01-02', expected a date written as "
        + "%d/%m/%Y")
    #expect(error?.kind == .badData)
    // A file whose columns have types needs no format.
    let parquet = folder.path + "/s.parquet"
    try table.write(to: parquet)
    #expect(try Table.of(parquet, options).numbers("since") == [86_400, nil, 0])
  }

  @Test func `strings of typed files are looked at as those of text`() throws {
    let parquet = folder.path + "/t.parquet"
    try Table(
      columns: [
        Column(name: "code", values: .text(TextColumn(["0123", "123", nil]))),
        Column(name: "n", values: .text(TextColumn(["1", "2.5", "3"]))),
      ], rowCount: 3
    ).write(to: parquet)
    let result = try Table.read(from: parquet)
    #expect(result.table.levels("code") == ["0123", "123"])
    #expect(result.findings[0].reason.description.hasSuffix("'0123' (row 1)"))
    #expect(result.table.numbers("n") == [1, 2.5, 3])
  }

  @Test func `the type of a column that a file has no value of says nothing`() throws {
    let dates = NumberColumn([86_400, 0])
    let parts: [(values: Column.Values, kind: ColumnKind, read: [Double?])] = [
      (.number(NumberColumn([1, 2])), .number, [1, 2]),
      (.timestamp(dates), .timestamp, [86_400, 0]),
      (.text(TextColumn(["7", "8"])), .number, [7, 8]),
      (.text(TextColumn(["1970-01-02", "1970-01-01"])), .timestamp, [86_400, 0]),
    ]
    let empty: [Column.Values] = [
      .timestamp(NumberColumn([.nan, .nan])), .number(NumberColumn([.nan, .nan])),
      .text(TextColumn([nil, nil])),
    ]
    for (place, part) in parts.enumerated() {
      for (number, values) in empty.enumerated() {
        for isFirst in [true, false] {
          let data = "\(folder.path)/\(place)-\(number)-\(isFirst)"
          try folder.write("", to: "\(place)-\(number)-\(isFirst)/.keep")
          for (name, own) in [("b", part.values), (isFirst ? "a" : "c", values)] {
            let column = Column(name: "x", values: own)
            try Table(columns: [column], rowCount: 2).write(to: "\(data)/\(name).parquet")
          }
          let table = try Table.of(data)
          #expect(table["x"]?.kind == part.kind, "\(place) \(number) \(isFirst)")
          let expected = isFirst ? [nil, nil] + part.read : part.read + [nil, nil]
          #expect(table.numbers("x") == expected, "\(place) \(number) \(isFirst)")
        }
      }
    }
  }

  @Test func `the folder of a file without rows adds no value`() throws {
    try folder.write("x\n5\n", to: "h/p=1/a.csv")
    try folder.write("x\n6\n", to: "h/p=2/a.csv")
    try folder.write("x\n", to: "h/p=x/a.csv")
    let table = try Table.of("\(folder.path)/h")
    #expect(table.numbers("p") == [1, 2])
    let given = ReadOptions(kinds: ["p": .category])
    #expect(try Table.of("\(folder.path)/h", given).levels("p") == ["1", "2"])
  }
}

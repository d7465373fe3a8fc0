// One spelling for booleans and whole numbers, whatever format a category comes in.

import TestSupport
import Testing
import Texts

@testable import Tables

@Suite(.onOwnThread) struct CellSpellingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    ("True", "true"), ("TRUE", "true"), ("true", "true"), ("False", "false"), ("1.0", "1"),
    ("-7.000", "-7"), ("1.", "1"), ("0.0", "0"), ("-0.0", "0"), ("-0", "0"),
    ("10000000000000000001.0", "10000000000000000001"),
  ])
  func `booleans and whole numbers have one spelling`(_ text: String, _ spelling: String) {
    #expect(CellSpelling.canonical(text) == spelling)
    #expect(CellSpelling.areSame(text, spelling))
  }

  @Test(arguments: [
    "tRUE", "truE", "t", "yes", "01", "01.0", "00", "1.50", "1e3", "+1", "-", ".0", "1.0.0", "1,0",
    "Trues", "e\u{301}", "",
  ])
  func `other texts stand for themselves`(_ text: String) {
    #expect(CellSpelling.canonical(text).utf8.elementsEqual(text.utf8))
  }

  @Test func `texts that are equal in their meaning only are not the same`() {
    #expect(!CellSpelling.areSame("e\u{301}", "\u{E9}"))
    #expect(!CellSpelling.areSame("true", "1"))
  }

  @Test func `every format gives a category the same levels`() throws {
    let text = try folder.write("flag,whole\nTrue,1.0\nfalse,2\nTRUE,1.00\n,\n", to: "t.csv")
    try folder.write("x\n1\n", to: "hive/flag=True/whole=1/part.csv")
    try folder.write("x\n1\n", to: "hive/flag=false/whole=2.0/part.csv")
    let parquet = folder.path + "/t.parquet"
    try Table(
      columns: [
        Column(name: "flag", values: .text(TextColumn(["True", "false", "TRUE", nil]))),
        Column(name: "whole", values: .number(NumberColumn([1, 2, 1, .nan]))),
      ], rowCount: 4
    ).write(to: parquet)
    let kinds: [ByteText: ColumnKind] = ["flag": .category, "whole": .category]
    for location in [text, parquet, folder.path + "/hive"] {
      let table = try Table.of(location, ReadOptions(kinds: kinds))
      #expect(table.levels("flag") == ["true", "false"], "\(location)")
      #expect(table.levels("whole") == ["1", "2"], "\(location)")
    }
    let comma = try folder.write("x;whole\na;1,0\nb;1,50\n", to: "c.csv")
    #expect(
      try Table.of(comma, ReadOptions(kinds: kinds.filter { $0.key == "whole" }, decimal: 0x2C))
        .levels("whole") == ["1", "1,50"])
  }

  @Test func `a verbatim column keeps what is written`() throws {
    let text = try folder.write("flag,x\nTrue,1\ntrue,2\n", to: "t.csv")
    #expect(
      try Table.of(text, ReadOptions(verbatim: ["flag"])).levels("flag") == ["True", "true"])
  }
}

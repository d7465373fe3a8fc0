// Some rows of a column, and single rows as text, for every kind of column.
import Tables
import TestSupport
import Testing

@Suite(.onOwnThread) struct ColumnRowsTests {
  private let columns = [
    Column(name: "n", values: .number(NumberColumn([1, 2.5, .nan, -3]))),
    Column(name: "f", values: .number(NumberColumn(floats: [1, 2.5, .nan, -3]))),
    Column(name: "t", values: .timestamp(NumberColumn([0, 86_400.5, .nan, -1]))),
    Column(name: "c", values: .category(CategoryColumn(["a", "b", nil, "a"]))),
    Column(name: "x", values: .text(TextColumn(["p", "", nil, "007"]))),
  ]

  @Test func `a row reads as it would be written`() {
    #expect((0..<4).map { columns[0].text(row: $0) } == ["1", "2.5", nil, "-3"])
    #expect((0..<4).map { columns[1].text(row: $0) } == ["1", "2.5", nil, "-3"])
    #expect(
      (0..<4).map { columns[2].text(row: $0) } == [
        "1970-01-01T00:00:00Z", "1970-01-02T00:00:00.500000Z", nil, "1969-12-31T23:59:59Z",
      ])
    #expect((0..<4).map { columns[3].text(row: $0) } == ["a", "b", nil, "a"])
    #expect((0..<4).map { columns[4].text(row: $0) } == ["p", nil, nil, "007"])
  }

  @Test(arguments: [[], [2], [3, 0, 3], [0, 1, 2, 3]] as [[Int32]])
  func `selected rows come in the order given`(rows: [Int32]) {
    for column in columns {
      let selected = column.selecting(rows)
      #expect(selected.name == column.name && selected.kind == column.kind)
      #expect(selected.count == rows.count)
      #expect(
        rows.indices.map { selected.text(row: $0) } == rows.map { column.text(row: Int($0)) })
    }
  }
}

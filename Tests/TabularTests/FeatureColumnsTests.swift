// Which columns are learnt from.
import NumericCore
import Tables
import TestSupport
import Testing

@testable import LearningTasks
@testable import Tabular

@Suite(.onOwnThread) struct FeatureColumnsTests {
  let pool = WorkerPool(threads: 2)

  @Test func `columns without information are left out with a reason`() throws {
    let columns = try FeatureColumns(
      table([
        ("target", .category(CategoryColumn(["a", "b", "a"]))),
        ("one", .number(NumberColumn([4, 4, 4]))),
        ("none", .number(NumberColumn([.nan, .nan, .nan]))),
        ("gap", .number(NumberColumn([4, .nan, 4]))),
        ("same", .category(CategoryColumn(["x", "x", "x"]))),
        ("varies", .category(CategoryColumn(["x", "y", "x"]))),
      ]), configuration: configuration(), pool: pool)
    #expect(columns.features.map(\.name) == ["gap", "varies"])
    #expect(columns.dropped.map(\.name) == ["one", "none", "same"])
    #expect(columns.dropped[1].reason == "all cells are missing")
  }

  @Test func `a long column of distinct texts is taken for an identifier, a short one is not`()
    throws
  {
    for rows in [49, 50] {
      let columns = try FeatureColumns(
        table([
          ("target", .category(CategoryColumn((0..<rows).map { "\($0 % 2)" }))),
          ("code", .category(CategoryColumn((0..<rows).map { "c\($0)" }))),
          ("number", .number(NumberColumn((0..<rows).map(Double.init)))),
        ]), configuration: configuration(), pool: pool)
      #expect(columns.features.map(\.name) == (rows < 50 ? ["code", "number"] : ["number"]))
    }
  }

  @Test func `an infinity is refused with its column and row`() {
    let table = table([
      ("target", .number(NumberColumn([0, 1, 0]))),
      ("charge", .number(NumberColumn([1, 2, -.infinity]))),
    ])
    #expect(throws: TaskError.infinity(column: "charge", row: 3, data: "t.csv", canDrop: true)) {
      try FeatureColumns(table, configuration: configuration(), pool: pool)
    }
  }

  @Test func `a table in which nothing varies is refused`() {
    let table = table([
      ("target", .number(NumberColumn([0, 1]))), ("tenure", .number(NumberColumn([1, 1]))),
    ])
    #expect(throws: TaskError.noFeatures(data: "t.csv")) {
      try FeatureColumns(table, configuration: configuration(), pool: pool)
    }
  }

  private func configuration() -> LabelledTableConfiguration {
    var data = LabelledTableConfiguration()
    data.path = "t.csv"
    data.target = "target"
    return data
  }

  private func table(_ columns: [(String, Column.Values)]) -> Table {
    let columns = columns.map { Column(name: $0.0, values: $0.1) }
    return Table(columns: columns, rowCount: columns.first?.count ?? 0)
  }
}

// Files of several formats as one table: what is in a cell does not depend on the formats beside it.
import LoopContract
import Tables
import TestSupport
import Testing
import Texts

@testable import LearningTasks

@Suite(.onOwnThread) struct FileViewTests {
  /// Its integers are too long for doubles, its dates and numbers have types.
  private static let parquet =
    #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(2).joined(separator: "/") + "/TablesTests/Fixtures/identifiers.parquet"

  @Test func `cells of delimited text and of Parquet stay what they are beside each other`() throws
  {
    let folder = try TemporaryFolder()
    let text = "whole;date;float\n0.50;29/02/2024;36,5\n7;01/01/1970;1\n"
    try folder.write(Array(text.utf8), to: "a.csv")
    let view = try FileView(
      [
        StepFile(path: folder.appending("a.csv"), name: "a.csv", sha256: "a"),
        StepFile(path: Self.parquet, name: "b.parquet", sha256: "b"),
      ], in: folder.appending("view"), delimiter: nil, header: true)
    let table = try view.read(
      ["whole", "date", "float"],
      options: ReadOptions(
        kinds: ["whole": .category], decimal: UInt8(ascii: ","),
        dates: ["date": #require(DateFormat("%d/%m/%Y"))], verbatim: ["whole"]),
      threads: 1
    ).table
    guard case .category(let whole)? = table["whole"]?.values,
      case .timestamp(let dates)? = table["date"]?.values,
      case .number(let numbers)? = table["float"]?.values
    else {
      Issue.record("\(table.columns.map { ($0.name, $0.kind) })")
      return
    }
    #expect(
      whole.codes.map { $0 < 0 ? nil : whole.levels[Int($0)] }
        == ["0.50", "7", "9007199254740993", nil, "7", "-9007199254740993"])
    let day = 1_709_164_800.0
    #expect(dates.doubles().map { $0.isNaN ? nil : $0 } == [day, 0, day, nil, 0, nil])
    #expect(numbers.doubles().map { $0.isNaN ? nil : $0 } == [36.5, 1, 1, nil, 2.5, 3])
  }
}

// The matrix that models of numbers see.

import Foundation
import NumericCore
import Preprocessing
import Tables
import TestSupport
import Testing

@Suite(.onOwnThread) struct FeaturePipelineTests {
  private let columns = [
    Column(name: "contract", values: .category(CategoryColumn(["year", "month", nil, "month"]))),
    Column(name: "charges", values: .number(NumberColumn([1, 3, .nan, 50]))),
    Column(name: "id", values: .text(TextColumn(["1", "2", "3", "4"]))),
    Column(name: "since", values: .timestamp(NumberColumn([10, 30, 20, 40]))),
    Column(name: "empty", values: .number(NumberColumn([.nan, .nan, .nan, 1]))),
    Column(name: "blank", values: .category(CategoryColumn([nil, nil, nil, "x"]))),
    Column(name: "late", values: .number(NumberColumn([2, 2, 2, .nan]))),
  ]

  @Test func `numbers, indicators and categories stand side by side`() throws {
    let pipeline = try FeaturePipeline.fit(columns, rows: [0, 1, 2])
    #expect(
      pipeline.columnNames == [
        "charges", "since", "late", "missingindicator_charges", "contract_month", "contract_year",
      ])
    let matrix = try pipeline.transform(columns.reversed(), rows: [0, 1, 2, 3])
    let unit = 10 / (200.0 / 3).squareRoot()
    #expect(matrix.row(0).elementsEqual([-1, -unit, 0, 0, 0, 1]))
    #expect(matrix.row(1).elementsEqual([1, unit, 0, 0, 1, 0]))
    #expect(matrix.row(2).elementsEqual([0, 0, 0, 1, 0, 0]))
    // Missing where no training row was: the mean, and no indicator.
    #expect(matrix.row(3).elementsEqual([48, 2 * unit, 0, 0, 1, 0]))
  }

  @Test func `a missing column and one of another kind are named`() throws {
    let pipeline = try FeaturePipeline.fit(columns, rows: [0, 1, 2])
    #expect(throws: PreprocessingError.missingColumn(name: "since")) {
      try pipeline.transform(columns.filter { $0.name != "since" }, rows: [0])
    }
    let changed = columns.map { column in
      column.name == "contract"
        ? Column(name: "contract", values: .number(NumberColumn([1, 2, 3, 4]))) : column
    }
    #expect(
      throws: PreprocessingError.wrongKind(column: "contract", found: .number, expected: .category)
    ) { try pipeline.transform(changed, rows: [0]) }
    // Columns without a value in training are not asked for.
    #expect(
      try pipeline.transform(columns.filter { $0.name != "empty" }, rows: [0]).columns == 6)
  }

  @Test func `categories are capped at 64`() throws {
    let strings = (0..<400).map { "c\($0 % 100)" } + (0..<10).map { _ in "frequent" }
    let column = Column(name: "a", values: .category(CategoryColumn(strings)))
    let pipeline = try FeaturePipeline.fit([column], rows: Array(0..<410))
    #expect(pipeline.columnNames.count == 64)
    #expect(pipeline.encoder.categories[0].contains("frequent"))
  }

  @Test func `it comes back from JSON`() throws {
    let pipeline = try FeaturePipeline.fit(columns, rows: [0, 1, 2], weights: [1, 2, 3])
    let text = try JSONEncoder().encode(pipeline)
    #expect(try JSONDecoder().decode(FeaturePipeline.self, from: text) == pipeline)
  }

  @Test(arguments: [1, 1_023, 1_024, 2_500])
  func `a large matrix is that of its single rows`(rowCount: Int) throws {
    var random = SeededGenerator(seed: 3)
    let numbers = (0..<rowCount).map { _ in random.uniform() < 0.2 ? .nan : random.normal() }
    let strings = (0..<rowCount).map { _ in
      random.uniform() < 0.2 ? nil : "c\(Int(random.uniform() * 9))"
    }
    let columns = [
      Column(name: "n", values: .number(NumberColumn(numbers))),
      Column(name: "c", values: .category(CategoryColumn(strings))),
    ]
    let rows = (0..<Int32(rowCount)).shuffled(using: &random)
    let pipeline = try FeaturePipeline.fit(columns, rows: rows)
    let matrix = try pipeline.transform(columns, rows: rows)
    for index in stride(from: 0, to: rowCount, by: 97) {
      let single = try pipeline.transform(columns, rows: [rows[index]])
      #expect(matrix.row(index).elementsEqual(single.elements))
    }
  }

  @Test func `no columns and no rows give empty matrices`() throws {
    let none = try FeaturePipeline.fit([], rows: [0, 1])
    #expect(try none.transform([], rows: [0, 1]) == Matrix(rows: 2, columns: 0))
    let pipeline = try FeaturePipeline.fit(columns, rows: [0])
    #expect(try pipeline.transform(columns, rows: []).rows == 0)
    #expect(try FeaturePipeline.fit(columns, rows: []).columnNames == [])
  }
}

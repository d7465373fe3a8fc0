// Spellings of booleans and whole numbers between training and later tables.
import NumericCore
import Tables
import TestSupport
import Testing
import Texts

@testable import Classification
@testable import Tabular

@Suite(.onOwnThread) struct ChurnSpellingTests {
  private func layout(version: Int) -> ClassifierLayout {
    ClassifierLayout(
      formatVersion: version, target: Schema.Field(name: "churn", kind: .category),
      positive: "True", negative: "False", id: [],
      features: [Schema.Field(name: "flag", kind: .category)], partitions: nil, dropped: [],
      header: true)
  }

  @Test func `a model of an older program reads categories as they are written`() {
    var options = ReadOptions()
    layout(version: 1).lay(under: &options)
    #expect(options.verbatim == ["churn", "flag"])
    options = ReadOptions()
    layout(version: 2).lay(under: &options)
    #expect(options.verbatim == ["churn"])
  }

  @Test func `what was asked for wins over what a layout has`() throws {
    var stored = layout(version: 2)
    stored.decimal = ","
    stored.dates = ["a": "%d/%m/%Y", "b": "%m/%Y"]
    var options = ReadOptions(dates: ["a": try #require(DateFormat("%m/%d/%Y"))])
    stored.lay(under: &options)
    #expect(options.decimal == UInt8(ascii: ","))
    #expect(options.dates.mapValues(\.text) == ["a": "%m/%d/%Y", "b": "%m/%Y"])
  }

  @Test func `dates of columns that look the same have their own formats`() throws {
    let names = ["caf\u{E9}", "cafe\u{301}"]
    let asked = Dictionary(
      uniqueKeysWithValues: try zip(names, ["%d/%m/%Y", "%m/%d/%Y"]).map {
        (ByteText($0), try #require(DateFormat($1)))
      })
    var stored = layout(version: 2)
    stored.dates = ClassifierLayout.recorded(dates: asked, of: names)
    let read = try ClassifierLayout(decoding: try stored.encoded(), file: "preprocessing.json")
    var options = ReadOptions()
    read.lay(under: &options)
    #expect(options.dates == asked)
  }

  @Test func `a layout with an unknown format is damaged`() throws {
    var stored = layout(version: 2)
    stored.dates = ["a": "day"]
    #expect(throws: (any Error).self) {
      try ClassifierLayout(decoding: try stored.encoded(), file: "preprocessing.json")
    }
    stored.dates = nil
    stored.decimal = ";"
    #expect(throws: (any Error).self) {
      try ClassifierLayout(decoding: try stored.encoded(), file: "preprocessing.json")
    }
  }

  @Test func `a target in several spellings has two classes, named as most rows have it`() throws {
    let column = Column(
      name: "churn",
      values: .category(CategoryColumn(["True", "true", "True", "False", "FALSE", "FALSE"])))
    let target = try ClassTarget(column, positive: nil, data: "t.csv")
    #expect(target.positive == "True" && target.negative == "FALSE")
    #expect(target.labels == [1, 1, 1, 0, 0, 0])
    let other = Column(name: "churn", values: .category(CategoryColumn(["true", "false"])))
    #expect(
      try ClassTarget(other, positive: "True", negative: "FALSE", data: "t.csv").labels == [1, 0])
  }
}

// The made-up shop: the same for the same seed, whole, and as predictable as it says.

import Connectors
import Foundation
import NumericCore
import Tables
import TestSupport
import Testing

@testable import SampleData

@Suite(.onOwnThread) struct ClassicModelsGeneratorTests {
  private let folder = try? TemporaryFolder()

  private func bytes(_ generator: ClassicModelsGenerator, _ name: String) throws -> Data {
    let path = try #require(folder).appending(name)
    _ = try generator.write(to: path)
    return try Data(contentsOf: URL(filePath: path))
  }

  /// All rows of a query, as texts.
  private func rows(_ text: String, of path: String) throws -> [[String?]] {
    let source = try DataSources.open(path)
    let stream = try source.rows(of: SourceQuery(text, name: "test"), sortedBy: nil)
    var rows: [[String?]] = []
    while let table = try stream.next() {
      for row in 0..<table.rowCount { rows.append(table.columns.map { $0.text(row: row) }) }
    }
    return rows
  }

  @Test func `a seed decides every byte`() throws {
    let first = try bytes(ClassicModelsGenerator(seed: 7), "first.db")
    #expect(try bytes(ClassicModelsGenerator(seed: 7), "second.db") == first)
    #expect(try bytes(ClassicModelsGenerator(seed: 8), "third.db") != first)
  }

  @Test func `the default is as large as the sample, and every reference leads somewhere`() throws {
    let path = try #require(folder).appending("shop.db")
    let made = try ClassicModelsGenerator(seed: 42).write(to: path)
    #expect(made.customers == 122 && made.products == 110)
    #expect((2_000...3_000).contains(made.ratings), "\(made.ratings)")
    #expect(made.raters < made.customers)
    #expect(try rows("select * from pragma_foreign_key_check", of: path) == [])
    let counts = try rows(
      """
      select count(*), count(distinct customerNumber), min(productRating), max(productRating),
        (select count(*) from orders) > 100, (select count(*) from orderdetails) > 1000,
        (select count(*) from payments) > 100, (select count(*) from employees),
        (select count(*) from offices), (select count(*) from productlines) from ratings
      """, of: path)
    #expect(
      counts == [
        [String(made.ratings), String(made.raters), "1", "5", "1", "1", "1", "23", "7", "7"]
      ])
    #expect(!FileManager.default.fileExists(atPath: path + "-journal"))
  }

  @Test func `the errors that it promises order as they must`() throws {
    let path = try #require(folder).appending("large.db")
    let made = try ClassicModelsGenerator(customers: 1_000, products: 300, seed: 3).write(to: path)
    #expect(made.bestRMSE < 0.65)
    #expect(made.bestRMSE < made.featureRMSE - 0.2)
    #expect(made.featureRMSE < made.globalMeanRMSE - 0.1)
  }

  @Test func `the share of the noise below a value is that of its sums`() {
    var draw = SeededGenerator(seed: 5)
    let values = (0..<40_000).map { _ in draw.bell() }
    for limit in [-4.0, -2, -0.7, 0, 0.3, 1.5, 4] {
      let share = Double(values.count { $0 < limit }) / Double(values.count)
      #expect(abs(ClassicModelsWorld.bellShare(below: limit) - share) < 0.01)
    }
  }

  @Test func `sizes of one are whole databases`() throws {
    let path = try #require(folder).appending("tiny.db")
    let made = try ClassicModelsGenerator(customers: 1, products: 1, seed: 1).write(to: path)
    #expect(made.customers == 1 && made.products == 1 && made.ratings <= 1)
  }
}

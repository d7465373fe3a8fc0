// One-hot blocks, against a naive twin and against scikit-learn.

import Foundation
import NumericCore
import Preprocessing
import Tables
import TestSupport
import Testing

@Suite(.onOwnThread) struct OneHotEncoderTests {
  private func rows(_ count: Int) -> [Int32] { Array(0..<Int32(count)) }

  private func encoder(
    _ strings: [String?], _ configuration: OneHotEncoder.Configuration = .init()
  ) -> OneHotEncoder {
    OneHotEncoder.fit(
      names: ["a"], columns: [CategoryColumn(strings)], rows: rows(strings.count),
      configuration: configuration)
  }

  @Test func `categories are sorted by their scalars`() {
    // A scalar above U+FFFF sorts after U+FFFD, unlike in UTF-16.
    let encoder = encoder(["b", "\u{1F600}", "a", "B", "é", "\u{FFFD}", "", "ab", "a"])
    #expect(encoder.categories == [["", "B", "a", "ab", "b", "é", "\u{FFFD}", "\u{1F600}"]])
    #expect(encoder.columnNames.prefix(3) == ["a_", "a_B", "a_a"])
  }

  @Test func `composed and decomposed letters are different categories`() {
    let column = CategoryColumn(codes: [0, 1, 1], levels: ["\u{E9}", "e\u{301}"])
    let encoder = OneHotEncoder.fit(names: ["a"], columns: [column], rows: [0, 1, 2])
    #expect(encoder.categories[0].map { Array($0.unicodeScalars).count } == [2, 1])
    #expect(encoder.transform([column], rows: [0, 1]).elements == [0, 1, 1, 0])
  }

  @Test func `unknown and missing categories give zeros`() {
    let encoder = encoder(["x", nil, "y"])
    #expect(encoder.categories == [["x", "y"]])
    let matrix = encoder.transform(
      [CategoryColumn(["z", "y", nil, "x"])], rows: [0, 1, 2, 3, 1])
    #expect(matrix.elements == [0, 0, 0, 1, 0, 0, 1, 0, 0, 1])
  }

  @Test func `only the given rows are learnt from`() {
    let column = CategoryColumn(["x", "y", "z"])
    let encoder = OneHotEncoder.fit(names: ["a"], columns: [column], rows: [2, 0, 2])
    #expect(encoder.categories == [["x", "z"]])
  }

  @Test func `strings are stripped and lower-cased where asked`() {
    let strings = [" Yes", "yes\u{A0}", "YES", "\u{1C}no\n", " "]
    #expect(encoder(strings).categories[0].count == 5)
    #expect(
      encoder(strings, .init(stripsWhitespace: true)).categories == [
        ["", "YES", "Yes", "no", "yes"]
      ]
    )
    let both = encoder(strings, .init(stripsWhitespace: true, lowercases: true))
    #expect(both.categories == [["", "no", "yes"]])
    let matrix = both.transform([CategoryColumn(["yEs ", "nO"])], rows: [0, 1])
    #expect(matrix.elements == [0, 0, 1, 0, 1, 0])
  }

  @Test func `the most frequent categories stay, the first in order of equals`() {
    let strings = ["d", "c", "b", "c", "a", "e", "e", nil, nil, nil]
    #expect(encoder(strings, .init(maximumCategories: 3)).categories == [["a", "c", "e"]])
    #expect(encoder(strings, .init(maximumCategories: 1)).categories == [["c"]])
    #expect(encoder(strings, .init(maximumCategories: 5)).categories[0].count == 5)
  }

  @Test func `no columns, no rows and no categories give empty blocks`() {
    let none = OneHotEncoder.fit(names: [], columns: [], rows: rows(2))
    #expect(none.transform([], rows: rows(2)) == Matrix(rows: 2, columns: 0))
    let missing = encoder([nil, nil])
    #expect(missing.categories == [[]])
    #expect(
      missing.transform([CategoryColumn(["x"])], rows: [0]) == Matrix(rows: 1, columns: 0))
    #expect(
      encoder(["x"]).transform([CategoryColumn([])], rows: []) == Matrix(rows: 0, columns: 1))
  }

  @Test func `the JSON has scikit-learn's names and comes back`() throws {
    let encoder = encoder(["b", "a", "é\""], .init(lowercases: true, maximumCategories: 9))
    let text = Data(try encoder.exportedJSON())
    let object = try JSONSerialization.jsonObject(with: text) as? [String: Any]
    #expect(object?["categories"] as? [[String]] == [["a", "b", "é\""]])
    #expect(object?["feature_names_in"] as? [String] == ["a"])
    #expect(try JSONDecoder().decode(OneHotEncoder.self, from: text) == encoder)
  }

  @Test(arguments: [0, 1, 7, 1_023, 1_024, 1_025, 3_000])
  func `blocks are those of the naive twin`(rowCount: Int) {
    var random = SeededGenerator(seed: UInt64(rowCount))
    let columns = [1, 2, 40].map { levels in
      CategoryColumn(
        (0..<rowCount).map { _ in
          random.uniform() < 0.1 ? nil : "c\(Int(random.uniform() * Double(levels)))"
        })
    }
    let learnt = rows(rowCount).filter { $0 % 2 == 0 }
    let encoder = OneHotEncoder.fit(
      names: ["a", "b", "c"], columns: columns, rows: learnt,
      configuration: .init(maximumCategories: 30))
    let naive = rows(rowCount).flatMap { row in
      zip(columns, encoder.categories).flatMap { column, categories in
        categories.map { column[Int(row)] == $0 ? 1.0 : 0 }
      }
    }
    #expect(encoder.transform(columns, rows: rows(rowCount)).elements == naive)
  }

  private struct Example: Encodable {
    let kind = "one_hot_encoder"
    var names: [String]
    var fit: [[String?]]
    var new: [[String?]]
    var strips: Bool
    var lowercases: Bool
    var maximum: Int?
    var categories: [[String]]
    var columnNames: [String]
    var transformed: [[Double]]
  }

  // Needs a Python with scikit-learn; tools/test provides it.
  @Test(.enabled(if: ScikitLearn.isAvailable))
  func `blocks and pickles are those of scikit-learn`() throws {
    let alphabet = [
      "a", "B", " b", "B ", "", "é", "e\u{301}", "日本", "\u{1F600}", "\u{FFFD}", "x y", "\tA\n",
      "Straße", "\u{1C}b", "nan", "None", "1", "10", "2",
    ]
    var random = SeededGenerator(seed: 2)
    var comparison = try ScikitLearn()
    for (rowCount, width) in [(1, 1), (2, 2), (3, 1), (40, 3), (500, 5)] {
      for missing in [0.0, 0.2, 1.0] {
        for configuration in [
          OneHotEncoder.Configuration(), .init(maximumCategories: 3),
          .init(stripsWhitespace: true, lowercases: true),
          .init(stripsWhitespace: true, maximumCategories: 1),
        ] {
          func column(_ count: Int, of levels: Int) -> [String?] {
            (0..<count).map { _ in
              random.uniform() < missing
                ? nil : alphabet[Int(random.uniform() * Double(levels))]
            }
          }
          // Levels are told apart by their scalars, as a reader of files tells them apart.
          func categories(_ strings: [String?]) -> CategoryColumn {
            var levels: [String] = []
            let codes = strings.map { string -> Int32 in
              guard let string else { return -1 }
              if let index = levels.firstIndex(where: { $0.utf8.elementsEqual(string.utf8) }) {
                return Int32(index)
              }
              levels.append(string)
              return Int32(levels.count - 1)
            }
            return CategoryColumn(codes: codes, levels: levels)
          }
          let columns = (0..<width).map { column(rowCount, of: $0 == 1 ? 1 : 3 + 8 * $0 % 17) }
          let new = columns.map {
            $0.prefix(20) + [nil, "unseen", "\u{10FFFF}"] + column(20, of: 19)
          }
          let names = (0..<width).map { "f \($0)é" }
          let encoder = OneHotEncoder.fit(
            names: names, columns: columns.map(categories), rows: rows(rowCount),
            configuration: configuration)
          let newRows = rows(new[0].count)
          let matrix = encoder.transform(new.map { categories(Array($0)) }, rows: newRows)
          try comparison.add(
            Example(
              names: names, fit: rows(rowCount).map { row in columns.map { $0[Int(row)] } },
              new: newRows.map { row in new.map { $0[Int(row)] } },
              strips: configuration.stripsWhitespace, lowercases: configuration.lowercases,
              maximum: configuration.maximumCategories, categories: encoder.categories,
              columnNames: encoder.columnNames,
              transformed: newRows.map { Array(matrix.row(Int($0))) }),
            pickle: encoder.scikitLearnPickle())
        }
      }
    }
    let differences = try comparison.differences()
    #expect(differences == "")
  }
}

// Models in the forms of other programs, evaluated as these programs do.
import CKernels
import NumericCore
import Tables
import Testing

@testable import GradientBoosting

@Suite struct ExportTests {
  private static let pool = WorkerPool(threads: 2)

  /// Small models over numbers, few and many categories and missing values.
  private static func models() throws -> [BoostedTrees] {
    try [(300, 3), (2_000, 6), (2_000, 40)].map { rows, levels in
      var configuration = BoostingConfiguration()
      configuration.numTrees = 25
      configuration.minDataPerGroup = 5
      configuration.earlyStoppingRounds = 0
      return try GradientBoosting.fit(
        ToyTable(rows: rows, seed: UInt64(rows + levels), levels: levels).data,
        configuration: configuration, seed: 1, pool: pool
      ).model
    }
  }

  @Test func `LightGBM's walk over the export gives the same bits at every border`() throws {
    for model in try Self.models() {
      let rows = model.borderRows(count: 5_000, seed: 7)
      let difference = try LightGBMModel(model).largestDifference(
        from: model, on: rows, pool: Self.pool)
      #expect(difference == 0)
    }
  }

  @Test func `border rows hold every cut, every category, an unseen one and missing cells`() throws
  {
    for model in try Self.models() {
      let rows = model.borderRows(count: 5_000, seed: 7)
      for (input, column) in rows.enumerated() {
        let own = model.features.filter { $0.input == input }
        switch column.values {
        case .number(let numbers), .timestamp(let numbers):
          let found = Set(numbers.doubles().filter { !$0.isNaN })
          #expect(numbers.doubles().contains { $0.isNaN })
          for case .number(let cuts) in own.map(\.encoding) {
            #expect(found.isSuperset(of: cuts))
          }
        case .category(let categories):
          #expect(categories.codes.contains(-1))
          #expect(Set(categories.levels).subtracting(CategoryCodes(own).levels) == ["unseen"])
        case .text: Issue.record("text is no input")
        }
      }
    }
  }

  @Test func `a split is turned around where missing values go left`() throws {
    let features = [
      BinnedFeature(name: "n", input: 0, encoding: .number(cuts: [1, 2, 3])),
      BinnedFeature(name: "c", input: 1, encoding: .category(levels: ["a", "b", "c"])),
    ]
    var tree = Tree()
    var set = BinSet()
    set.insert(0)
    set.insert(2)
    tree.sets = [set]
    func split(_ feature: UInt16, low: UInt8, width: UInt8, set: UInt16 = 0) throws -> ValueSplit {
      try ValueSplit(
        .init(feature: feature, low: low, width: width, left: 1, set: set), of: tree,
        features: features)
    }
    let range = try split(0, low: 1, width: 1)
    #expect(range.rule == .atMost(2, missing: false) && range.satisfied == 1)
    #expect(try split(0, low: 0, width: 2).rule == .atMost(2, missing: true))
    let missing = try split(0, low: 0, width: 0)
    #expect(missing.rule == .atMost(.greatestFiniteMagnitude, missing: false))
    #expect(missing.satisfied == 2 && missing.otherwise == 1)
    let present = try split(0, low: 1, width: 200)
    #expect(present.rule == .atMost(.greatestFiniteMagnitude, missing: false))
    #expect(present.satisfied == 1)
    let categories = try split(1, low: 0, width: 0, set: 1)
    #expect(categories.rule == .oneOf(bins: [1, 3]) && categories.satisfied == 2)
    #expect(throws: GradientBoostingError.self) { try split(0, low: 2, width: 0) }
  }
}

// Models in the forms of other programs, evaluated as these programs do.
import CKernels
import ModelFormats
import NumericCore
import Tables
import TestSupport
import Testing
import Texts

@testable import GradientBoosting

@Suite(.onOwnThread) struct ExportTests {
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

  @Test func `ONNX Runtime's walk over the export agrees at every border`() throws {
    for model in try Self.models() {
      let rows = model.borderRows(count: 5_000, seed: 7)
      let export = try ONNXModel(
        model, classes: .init(negative: "no", positive: "yes", threshold: 0.5))
      #expect(try export.largestDifference(from: model, on: rows, pool: Self.pool) < 2e-7)
    }
  }

  /// A model of categories of which two differ in the composition of a character only.
  private static func alike(rows: Int, levels: [String]) throws -> (BoostedTrees, [Column]) {
    let strings = (0..<rows).map { levels[$0 % levels.count] }
    let columns = [Column(name: "city", values: .category(CategoryColumn(strings)))]
    var configuration = BoostingConfiguration()
    configuration.numTrees = 30
    configuration.minDataInLeaf = 1
    configuration.minDataPerGroup = 1
    configuration.earlyStoppingRounds = 0
    let labels = strings.map { Array($0.utf8).contains(0xCC) ? 1.0 : 0 }
    let model = try GradientBoosting.fit(
      TrainingData(features: columns, labels: labels), configuration: configuration, seed: 1,
      pool: pool
    ).model
    return (model, columns)
  }

  @Test(arguments: [2, 300])
  func `categories that differ in composition only are two, here and in every export`(
    others: Int
  ) throws {
    // With more categories than one set holds they become numbers.
    let levels = ["caf\u{E9}", "cafe\u{301}"] + (0..<others).map { "c\($0)" }
    let (model, columns) = try Self.alike(rows: 40 * levels.count, levels: levels)
    let predictions = try model.predict(columns, pool: Self.pool)
    #expect(predictions[1] > predictions[0])
    let scorer = RowScorer(model)
    #expect(scorer.rawScore([.category(levels[1])]) > scorer.rawScore([.category(levels[0])]))
    let onnx = try ONNXModel(
      model, classes: .init(negative: "no", positive: "yes", threshold: 0.5))
    #expect(onnx.levels[0].count == levels.count)
    #expect(try onnx.largestDifference(from: model, on: columns, pool: Self.pool) < 2e-7)
    #expect(
      try LightGBMModel(model).largestDifference(from: model, on: columns, pool: Self.pool) == 0)
    let read = try BoostedTrees(SafetensorsFile(decoding: model.safetensors().encoded()))
    #expect(try read.predict(columns, pool: Self.pool) == predictions)
  }

  @Test func `messages are encoded as the specification's examples are`() {
    var inner = ProtobufMessage()
    inner.add(1, 150)
    var message = ProtobufMessage()
    message.add(3, inner)
    #expect(message.bytes == [0x1a, 0x03, 0x08, 0x96, 0x01])
    var text = ProtobufMessage()
    text.add(2, "testing")
    #expect(text.bytes == [0x12, 0x07] + Array("testing".utf8))
    var packed = ProtobufMessage()
    packed.add(6, [3, 270, 86_942])
    #expect(packed.bytes == [0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05])
    var numbers = ProtobufMessage()
    numbers.add(1, -1)
    numbers.add(2, Float(1))
    #expect(
      numbers.bytes == [0x08] + [UInt8](repeating: 0xff, count: 9) + [0x01]
        + [0x15, 0x00, 0x00, 0x80, 0x3f])
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

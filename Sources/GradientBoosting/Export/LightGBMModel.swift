// A model as LightGBM's text file, version v4. Every split of ours has an exact counterpart there:
// a threshold with a direction for missing numbers, or a set of categories outside of which
// missing and unseen ones lie. Columns whose categories stand for numbers become sets, too.
// Format: https://lightgbm.readthedocs.io, and the files that LightGBM 4.7 writes.

internal import Foundation
public import NumericCore
public import Tables
internal import Texts

/// A model that `lightgbm.Booster(model_file=...)` opens and that predicts the same there.
///
/// The columns of a matrix for it are the model's inputs in their order: numbers, seconds since
/// 1970-01-01 UTC, and categories as their index in `levels`. Data frames of pandas categories work
/// as they are, because the file has the categories as LightGBM's Python package writes them.
public struct LightGBMModel: ModelExport {
  public let levels: [[String]]
  public let notes: [String]
  private let inputs: [BoostedTrees.Input]
  private let objective: String
  private let codes: [CategoryCodes]
  private let featureInfos: [String]
  private let trees: [LightGBMTree]
  private let model: BoostedTrees

  /// Translates a model.
  ///
  /// - Throws: `GradientBoostingError.corruptModel`.
  public init(_ model: BoostedTrees) throws {
    self.model = model
    inputs = model.inputs
    // The objectives of numbers have LightGBM's own names.
    objective =
      model.objective is BinaryLogLoss ? "binary sigmoid:1" : type(of: model.objective).name
    let codes = model.inputs.indices.map { input in
      CategoryCodes(model.features.filter { $0.input == input })
    }
    self.codes = codes
    levels = codes.map(\.levels)
    let levelCodes = model.features.map { feature -> [[Int]] in
      if case .number = feature.encoding { return [] }
      let bins = BinEncoder.binOfLevel(feature)
      var codesOfBin = [[Int]](repeating: [], count: feature.binCount)
      for (code, level) in codes[feature.input].levels.enumerated() {
        codesOfBin[Int(bins.bins[ByteText(level)] ?? bins.otherwise)].append(code)
      }
      return codesOfBin
    }
    // LightGBM has no score before the first tree; a tree of one leaf keeps our sums to the bit.
    trees =
      try [LightGBMTree(constant: model.initialScore)]
      + model.trees.map {
        try LightGBMTree($0, features: model.features, codesOfBin: levelCodes)
      }
    featureInfos = model.inputs.indices.map { input in
      if !codes[input].levels.isEmpty {
        return codes[input].levels.indices.map(String.init).joined(separator: ":")
      }
      // The range of the training data is not known, so it is that of all numbers.
      let bound = Double.greatestFiniteMagnitude
      return model.features.contains { $0.input == input } ? "[\(-bound):\(bound)]" : "none"
    }
    notes = Self.notes(model.inputs)
  }

  private static func notes(_ inputs: [BoostedTrees.Input]) -> [String] {
    func names(_ kind: ColumnKind) -> String {
      inputs.filter { $0.kind == kind }.map { "'\($0.name)'" }.joined(separator: ", ")
    }
    let categories = names(.category)
    let timestamps = names(.timestamp)
    return [
      categories.isEmpty
        ? nil
        : "pandas columns of categories work as they are; in a matrix, \(categories) "
          + "are the codes that the manifest lists, NaN where missing or unseen",
      timestamps.isEmpty ? nil : "\(timestamps): seconds since 1970-01-01 UTC, as numbers",
      "LightGBM takes numbers of magnitude below 1e-35 for 0, which mlcore does not",
    ].compactMap(\.self)
  }

  public var bytes: [UInt8] {
    let sections = trees.enumerated().map { "Tree=\($0)\n\($1.text)\n\n" }
    let categories = zip(inputs, levels).filter { $0.0.kind == .category }.map(\.1)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // Arrays of strings always have a JSON form.
    let pandas = (try? encoder.encode(categories)).map { String(decoding: $0, as: UTF8.self) }
    let names = featureNames
    let importances = splitCounts.enumerated().filter { $0.element > 0 }
      .sorted { (-$0.element, $0.offset) < (-$1.element, $1.offset) }
      .map { "\(names[$0.offset])=\($0.element)\n" }
    let text = """
      tree
      version=v4
      num_class=1
      num_tree_per_iteration=1
      label_index=0
      max_feature_idx=\(inputs.count - 1)
      objective=\(objective)
      feature_names=\(names.joined(separator: " "))
      feature_infos=\(featureInfos.joined(separator: " "))
      tree_sizes=\(sections.map { String($0.utf8.count) }.joined(separator: " "))

      \(sections.joined())end of trees

      feature_importances:
      \(importances.joined())
      parameters:
      [boosting: gbdt]
      [objective: \(objective.prefix { $0 != " " })]

      end of parameters

      pandas_categorical:\(pandas ?? "null")

      """
    return Array(text.utf8)
  }

  /// How often the trees split on each input.
  private var splitCounts: [Int] {
    var counts = [Int](repeating: 0, count: inputs.count)
    for tree in trees { for input in tree.inputs { counts[input] += 1 } }
    return counts
  }

  /// The inputs' names without what ends a name in the file or is refused in data sets, all
  /// different.
  private var featureNames: [String] {
    var taken: Set<ByteText> = []
    return inputs.enumerated().map { index, input in
      let clean = String(
        String.UnicodeScalarView(
          input.name.unicodeScalars.map { scalar in
            scalar.properties.isWhitespace || scalar.value < 0x20
              || "\",:[]{}=".unicodeScalars.contains(scalar) ? "_" : scalar
          }))
      var name = clean.isEmpty ? "column_\(index)" : clean
      while !taken.insert(ByteText(name)).inserted { name += "_\(index)" }
      return name
    }
  }

  public func predictions(_ columns: [Column], pool: WorkerPool) throws -> [Double] {
    let columns = try model.inputColumns(of: columns)
    let rowCount = columns.first?.count ?? 0
    let matrix = zip(columns, codes).map { Self.numbers($0, codes: $1) }
    var results = [Double](repeating: 0, count: rowCount)
    results.withUnsafeMutableBufferPointer { results in
      nonisolated(unsafe) let results = results
      pool.forEachRange(count: rowCount, grain: 256) { rows, _ in
        for row in rows {
          let values = matrix.map { $0[row] }
          let score = trees.reduce(0) { $0 + $1.value(of: values) }
          results[row] = model.objective.prediction(score: score)
        }
      }
    }
    return results
  }

  /// A column as the matrix has it, after what LightGBM does to numbers near 0.
  private static func numbers(_ column: Column, codes: CategoryCodes) -> [Double] {
    switch column.values {
    case .number(let values), .timestamp(let values):
      return values.doubles().map { abs($0) <= Double(Float(1e-35)) ? 0 : $0 }
    case .category(let values):
      let codeOfLevel = values.levels.map { codes.code(of: $0).map(Double.init) ?? .nan }
      return values.codes.map { $0 < 0 ? .nan : codeOfLevel[Int($0)] }
    case .text:
      return [Double](repeating: .nan, count: column.count)
    }
  }
}

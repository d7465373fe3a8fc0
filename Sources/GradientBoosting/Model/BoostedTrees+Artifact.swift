// A model as safetensors: the trees' nodes in arrays, one after the other, and the columns and
// bins as JSON in the metadata with their numbers in arrays. Everything that is read is checked, so
// that no file can make a walk leave its tree.

internal import CKernels
internal import Foundation
public import ModelFormats
internal import Storage
internal import Tables
internal import Texts

extension BoostedTrees {
  /// The version of the layout below.
  private static let formatVersion = "1"

  /// A feature without its numbers, which lie in the tensors `cuts` and `level_values`.
  private struct FeatureRecord: Codable {
    enum Kind: String, Codable {
      case number, category, levelValue = "level_value"

      /// Whether such features are made of columns of a kind.
      func reads(_ column: ColumnKind) -> Bool {
        switch column {
        case .number, .timestamp: self == .number
        case .category: self != .number
        case .text: false
        }
      }
    }
    let name: String
    let input: Int
    let kind: Kind
    let cutCount: Int
    var levels: [String]?
    var otherwise: Double?

    enum CodingKeys: String, CodingKey {
      case name, input, kind, levels, otherwise
      case cutCount = "cut_count"
    }
  }

  /// The model in the form in which it is stored.
  ///
  /// Metadata: `format_version`, `objective`, `inputs` and `features` (JSON). Tensors of one axis:
  /// `initial_score`, `tree_sizes` (nodes of each tree), `feature`, `low`, `width`, `left`, `set`,
  /// `value`, `gain`, `count` (one element for each node), `set_counts` (sets of each tree),
  /// `sets` (four words for each set), `cuts`, `level_values`.
  public func safetensors() throws -> SafetensorsFile {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let records = features.map { feature in
      switch feature.encoding {
      case .number(let cuts):
        FeatureRecord(name: feature.name, input: feature.input, kind: .number, cutCount: cuts.count)
      case .category(let levels):
        FeatureRecord(
          name: feature.name, input: feature.input, kind: .category, cutCount: 0, levels: levels)
      case .levelValue(let levels, _, let otherwise, let cuts):
        FeatureRecord(
          name: feature.name, input: feature.input, kind: .levelValue, cutCount: cuts.count,
          levels: levels, otherwise: otherwise)
      }
    }
    var cuts: [Double] = []
    var levelValues: [Double] = []
    for feature in features {
      switch feature.encoding {
      case .number(let own): cuts += own
      case .category: break
      case .levelValue(_, let values, _, let own):
        cuts += own
        levelValues += values
      }
    }
    let nodes = trees.flatMap(\.nodes)
    let sets = trees.flatMap(\.sets).flatMap { [$0.words.0, $0.words.1, $0.words.2, $0.words.3] }
    return SafetensorsFile(
      metadata: [
        "format_version": Self.formatVersion,
        "objective": type(of: objective).name,
        "inputs": String(decoding: try encoder.encode(inputs), as: UTF8.self),
        "features": String(decoding: try encoder.encode(records), as: UTF8.self),
      ],
      tensors: [
        "initial_score": Tensor([initialScore]),
        "tree_sizes": Tensor(trees.map { Int32($0.nodes.count) }),
        "feature": Tensor(nodes.map(\.feature)),
        "low": Tensor(nodes.map(\.low)),
        "width": Tensor(nodes.map(\.width)),
        "left": Tensor(nodes.map(\.left)),
        "set": Tensor(nodes.map(\.set)),
        "value": Tensor(trees.flatMap(\.values)),
        "gain": Tensor(trees.flatMap(\.gains)),
        "count": Tensor(trees.flatMap(\.counts)),
        "set_counts": Tensor(trees.map { Int32($0.sets.count) }),
        "sets": Tensor(sets.map { Int64(bitPattern: $0) }),
        "cuts": Tensor(cuts),
        "level_values": Tensor(levelValues),
      ])
  }

  /// Reads a model.
  ///
  /// - Throws: `StorageError.corrupt`, `GradientBoostingError.corruptModel`.
  public init(_ file: SafetensorsFile) throws {
    let version = try file.metadata("format_version")
    guard version == Self.formatVersion else {
      throw GradientBoostingError.corruptModel(
        reason: "format version \(version), this program reads \(Self.formatVersion)")
    }
    let inputs = try Self.decoded([Input].self, file, "inputs")
    guard Set(texts: inputs.map(\.name)).count == inputs.count else {
      throw GradientBoostingError.corruptModel(reason: "two inputs have the same name")
    }
    let features = try Self.features(file, inputs: inputs)
    let scores = try file.tensor("initial_score", as: Double.self, shape: [1])
    let name = try file.metadata("objective")
    guard let objective = KnownObjectives.named(name) else {
      throw GradientBoostingError.corruptModel(reason: "objective \(name) is not known")
    }
    guard scores[0].isFinite else {
      throw GradientBoostingError.corruptModel(reason: "the initial score is \(scores[0])")
    }
    let trees = try TreeReader(file, featureCount: features.count).trees()
    // Any row's score is a sum of such values, its reasons are sums over all leaves of a tree, and
    // importances are sums of gains.
    let highest = trees.reduce(abs(scores[0])) { $0 + ($1.values.map(abs).max() ?? 0) }
    let gains = trees.reduce(0) { $1.gains.reduce($0) { $0 + abs($1) } }
    guard (highest * 65_536).isFinite, gains.isFinite else {
      throw GradientBoostingError.corruptModel(reason: "the sums of values or gains are not finite")
    }
    self.init(
      inputs: inputs, features: features, objective: objective, initialScore: scores[0],
      trees: trees)
  }

  private static func decoded<Value: Decodable>(
    _ type: Value.Type, _ file: SafetensorsFile, _ name: String
  ) throws -> Value {
    try CheckedJSON.value(
      type, from: file.metadata(name).utf8, file: file.file, place: "metadata \(name)",
      expected: "what training wrote")
  }

  private static func features(_ file: SafetensorsFile, inputs: [Input]) throws -> [BinnedFeature] {
    let records = try decoded([FeatureRecord].self, file, "features")
    var cuts = try file.tensor("cuts", as: Double.self)[...]
    var levelValues = try file.tensor("level_values", as: Double.self)[...]
    let features = try records.map { record in
      guard inputs.indices ~= record.input, 0...254 ~= record.cutCount,
        record.cutCount <= cuts.count, record.kind.reads(inputs[record.input].kind)
      else {
        throw GradientBoostingError.corruptModel(reason: "feature \(record.name) is inconsistent")
      }
      let own = Array(cuts.prefix(record.cutCount))
      cuts = cuts.dropFirst(record.cutCount)
      let levels = record.levels ?? []
      guard zip(own, own.dropFirst()).allSatisfy(<), own.allSatisfy(\.isFinite),
        record.otherwise?.isFinite != false,
        Set(levels.map { Array($0.utf8) }).count == levels.count,
        record.kind != .category || 1...255 ~= levels.count,
        record.kind != .levelValue || levels.count <= levelValues.count
      else {
        throw GradientBoostingError.corruptModel(reason: "feature \(record.name) is inconsistent")
      }
      let encoding: BinnedFeature.Encoding
      switch record.kind {
      case .number: encoding = .number(cuts: own)
      case .category: encoding = .category(levels: levels)
      case .levelValue:
        encoding = .levelValue(
          levels: levels, values: Array(levelValues.prefix(levels.count)),
          otherwise: record.otherwise ?? 0, cuts: own)
        levelValues = levelValues.dropFirst(levels.count)
      }
      return BinnedFeature(name: record.name, input: record.input, encoding: encoding)
    }
    guard try file.tensor("level_values", as: Double.self).allSatisfy(\.isFinite) else {
      throw GradientBoostingError.corruptModel(reason: "the value of a category is not finite")
    }
    guard cuts.isEmpty, levelValues.isEmpty else {
      throw GradientBoostingError.corruptModel(reason: "there are bins that belong to no feature")
    }
    return features
  }
}

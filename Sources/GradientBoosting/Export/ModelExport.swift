// What the forms in which other programs read a model have in common, and how far such a program's
// predictions may be from ours.

public import NumericCore
public import Tables
internal import Texts

/// A model in the form of another program.
public protocol ModelExport: Sendable {
  /// The whole file.
  var bytes: [UInt8] { get }

  /// What a user of the file has to know, a sentence each.
  var notes: [String] { get }

  /// The categories of each input, in the order of their codes; empty for other inputs.
  var levels: [[String]] { get }

  /// Computes what the other program predicts, with its arithmetic and its way through the trees.
  ///
  /// - Parameter columns: the inputs of the model, found by name; all of one length.
  /// - Throws: `GradientBoostingError.missingFeature`.
  func predictions(_ columns: [Column], pool: WorkerPool) throws -> [Double]
}

extension ModelExport {
  /// The largest difference between the other program's predictions and the model's on some rows;
  /// NaN if one of them is no number.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  public func largestDifference(
    from model: BoostedTrees, on columns: [Column], pool: WorkerPool
  ) throws -> Double {
    let ours = try model.predict(columns, pool: pool)
    let theirs = try predictions(columns, pool: pool)
    let differences = zip(ours, theirs).map { abs($0 - $1) }
    // The maximum would pass over what is no number.
    return differences.contains { $0.isNaN } ? .nan : differences.max() ?? 0
  }
}

extension BoostedTrees {
  /// Rows that lie at the borders of the model's bins, where a program that rounds or treats
  /// missing and unseen values otherwise would go another way: every cut, its neighbours, every
  /// category, an unseen one and a missing one.
  ///
  /// - Parameter count: the number of rows; each value occurs where `count` is large enough.
  public func borderRows(count: Int, seed: UInt64) -> [Column] {
    var generator = SeededGenerator(seed: seed)
    return inputs.indices.map { input in
      let own = features.filter { $0.input == input }
      func drawn<Value>(_ values: [Value]) -> [Value] {
        var rows: [Value] = []
        while rows.count < count { rows += values.shuffled(using: &generator) }
        return Array(rows.prefix(count))
      }
      let values: Column.Values
      switch inputs[input].kind {
      case .category, .text:
        let levels = CategoryCodes(own).levels
        values = .category(CategoryColumn(drawn(levels + [nil, Self.unseen(among: levels)])))
      case .number, .timestamp:
        let numbers = own.flatMap { feature -> [Double] in
          guard case .number(let cuts) = feature.encoding else { return [] }
          return cuts.flatMap(Self.neighbourhood)
        }
        let column = NumberColumn(drawn(numbers + [.nan]))
        values = inputs[input].kind == .number ? .number(column) : .timestamp(column)
      }
      return Column(name: inputs[input].name, values: values)
    }
  }

  /// A cut and the nearest numbers on both sides.
  ///
  /// Those of 0 are not the nearest ones, which some
  /// programs take for 0.
  private static func neighbourhood(_ cut: Double) -> [Double] {
    cut == 0 ? [-1e-30, 0, 1e-30] : [cut.nextDown, cut, cut.nextUp]
  }

  private static func unseen(among levels: [String]) -> String {
    let known = Set(texts: levels)
    var name = "unseen"
    while known.contains(text: name) { name += "?" }
    return name
  }
}

/// The categories of one input, numbered from 0.
struct CategoryCodes: Sendable {
  let levels: [String]
  private let codes: [ByteText: Int]

  /// Numbers the categories that some features of one input know.
  init(_ features: [BinnedFeature]) {
    var levels: [String] = []
    var codes: [ByteText: Int] = [:]
    for feature in features {
      switch feature.encoding {
      case .number: break
      case .category(let own), .levelValue(let own, _, _, _):
        for level in own where codes[ByteText(level)] == nil {
          codes[ByteText(level)] = levels.count
          levels.append(level)
        }
      }
    }
    self.levels = levels
    self.codes = codes
  }

  /// The number of a category; nil if it is unknown.
  func code(of level: String) -> Int? { codes[ByteText(level)] }
}

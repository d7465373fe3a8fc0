// One tree of LightGBM's text file: arrays over its inner nodes and its leaves.

internal import CKernels

/// A tree as LightGBM states it.
struct LightGBMTree: Sendable {
  /// Bits of `decisions`: the split is a set of categories; missing numbers go left; NaN is
  /// missing.
  private static let isSet = 1
  private static let missingIsLeft = 2
  private static let missingIsNaN = 8

  /// The input that each inner node asks for.
  private(set) var inputs: [Int] = []
  private var gains: [Double] = []
  /// The threshold, or the index of the set.
  private var thresholds: [Double] = []
  private var decisions: [Int] = []
  /// The children: an inner node, or the complement of a leaf's index.
  private var lefts: [Int] = []
  private var rights: [Int] = []
  private var innerValues: [Double] = []
  private var innerCounts: [Int32] = []
  private var leafValues: [Double] = []
  private var leafCounts: [Int32] = []
  /// Where each set's words begin, and the end of the last.
  private var boundaries = [0]
  /// The sets of category codes, a bit for each code.
  private var words: [UInt32] = []

  /// Creates a tree of one leaf.
  init(constant value: Double) {
    leafValues = [value]
    leafCounts = [0]
  }

  /// Translates a tree.
  ///
  /// - Parameter codesOfBin: for each feature and bin, the codes of the categories in it.
  /// - Throws: `GradientBoostingError.corruptModel`.
  init(_ tree: Tree, features: [BinnedFeature], codesOfBin: [[[Int]]]) throws {
    var numbers: [Int] = []
    var (inner, leaf) = (0, 0)
    for index in tree.nodes.indices {
      numbers.append(tree.isLeaf(index) ? ~leaf : inner)
      if tree.isLeaf(index) { leaf += 1 } else { inner += 1 }
    }
    for (index, node) in tree.nodes.enumerated() {
      if tree.isLeaf(index) {
        leafValues.append(tree.values[index])
        leafCounts.append(tree.counts[index])
        continue
      }
      let split = try ValueSplit(node, of: tree, features: features)
      inputs.append(features[split.feature].input)
      gains.append(tree.gains[index])
      innerValues.append(tree.values[index])
      innerCounts.append(tree.counts[index])
      lefts.append(numbers[split.satisfied])
      rights.append(numbers[split.otherwise])
      switch split.rule {
      case .atMost(let threshold, let missing):
        thresholds.append(threshold)
        decisions.append(Self.missingIsNaN | (missing ? Self.missingIsLeft : 0))
      case .oneOf(let bins):
        thresholds.append(Double(boundaries.count - 1))
        decisions.append(Self.missingIsNaN | Self.isSet)
        append(set: bins.flatMap { codesOfBin[split.feature][$0] })
      }
    }
  }

  private mutating func append(set codes: [Int]) {
    var set = [UInt32](repeating: 0, count: (codes.max() ?? 0) / 32 + 1)
    for code in codes { set[code / 32] |= 1 << UInt32(code % 32) }
    words += set
    boundaries.append(words.count)
  }

  /// The tree's lines.
  var text: String {
    func list(_ values: [some CustomStringConvertible]) -> String {
      values.map(\.description).joined(separator: " ")
    }
    var lines = [
      "num_leaves=\(leafValues.count)", "num_cat=\(boundaries.count - 1)",
      "split_feature=\(list(inputs))", "split_gain=\(list(gains))",
      "threshold=\(list(thresholds))", "decision_type=\(list(decisions))",
      "left_child=\(list(lefts))", "right_child=\(list(rights))",
      "leaf_value=\(list(leafValues))", "leaf_count=\(list(leafCounts))",
      "internal_value=\(list(innerValues))", "internal_count=\(list(innerCounts))",
    ]
    if boundaries.count > 1 {
      lines += ["cat_boundaries=\(list(boundaries))", "cat_threshold=\(list(words))"]
    }
    lines += ["is_linear=0", "shrinkage=1", ""]
    return lines.joined(separator: "\n")
  }

  /// The value of a row's leaf, found as LightGBM does.
  func value(of row: [Double]) -> Double {
    guard !inputs.isEmpty else { return leafValues[0] }
    var node = 0
    while node >= 0 {
      node = goesLeft(row[inputs[node]], at: node) ? lefts[node] : rights[node]
    }
    return leafValues[~node]
  }

  private func goesLeft(_ value: Double, at node: Int) -> Bool {
    if decisions[node] & Self.isSet != 0 {
      guard !value.isNaN, value >= 0 else { return false }
      let code = Int(value)
      let set = words[boundaries[Int(thresholds[node])]..<boundaries[Int(thresholds[node]) + 1]]
      return code / 32 < set.count
        && set[set.startIndex + code / 32] >> UInt32(code % 32) & 1 == 1
    }
    return value.isNaN ? decisions[node] & Self.missingIsLeft != 0 : value <= thresholds[node]
  }
}

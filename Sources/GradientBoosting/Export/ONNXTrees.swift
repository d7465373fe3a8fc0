// The arrays of ONNX's TreeEnsembleRegressor, version 3 of ai.onnx.ml, which every runtime has.
// Newer versions know sets of categories; here a set is a chain of comparisons with one child in
// common, as the converters of other libraries write it and as ONNX Runtime expects it.

/// The nodes of all trees over one column of doubles for each feature: numbers as they are,
/// categories as 1 + their bin.
struct ONNXTrees: Sendable {
  private enum Mode: String {
    case atMost = "BRANCH_LEQ"
    case equal = "BRANCH_EQ"
    case leaf = "LEAF"
  }

  private var trees: [Int] = []
  private var nodes: [Int] = []
  private var features: [Int] = []
  private var modes: [Mode] = []
  private var values: [Double] = []
  private var trues: [Int] = []
  private var falses: [Int] = []
  private var missingIsTrue: [Int] = []
  /// Where each tree begins.
  private var starts: [Int] = []

  /// Translates trees.
  ///
  /// - Throws: `GradientBoostingError.corruptModel`.
  init(_ model: BoostedTrees) throws {
    // A tree of one leaf is the score before the first tree, so that there is always a tree.
    beginTree()
    appendLeaf(node: 0, value: model.initialScore)
    for tree in model.trees {
      beginTree()
      var next = tree.nodes.count
      for (index, node) in tree.nodes.enumerated() {
        if tree.isLeaf(index) {
          appendLeaf(node: index, value: tree.values[index])
        } else {
          let split = try ValueSplit(node, of: tree, features: model.features)
          append(split, feature: model.features[split.feature], node: index, next: &next)
        }
      }
      sortLastTree()
    }
  }

  private mutating func append(
    _ split: ValueSplit, feature: BinnedFeature, node: Int, next: inout Int
  ) {
    let (yes, no) = (split.satisfied, split.otherwise)
    switch split.rule {
    case .atMost(let threshold, let missing):
      append(node, split, .atMost, threshold, yes: yes, no: no, missing: missing)
    case .oneOf(let bins):
      let last = feature.binCount - 1
      if let first = bins.first, bins.elementsEqual(first...last) {
        append(node, split, .atMost, Double(first) + 0.5, yes: no, no: yes)
      } else if !feature.isCategorical, let end = bins.last, bins.elementsEqual(1...end) {
        // Categories that stand for numbers are never in bin 0.
        append(node, split, .atMost, Double(end) + 1.5, yes: yes, no: no)
      } else {
        let others = (0...last).filter { !bins.contains($0) }
        let isShorter = others.count < bins.count
        appendChain(
          isShorter ? others : bins, split, node: node, yes: isShorter ? no : yes,
          no: isShorter ? yes : no, next: &next)
      }
    }
  }

  private mutating func appendChain(
    _ bins: [Int], _ split: ValueSplit, node: Int, yes: Int, no: Int, next: inout Int
  ) {
    var current = node
    for (position, bin) in bins.enumerated() {
      let isLast = position == bins.count - 1
      append(
        current, split, .equal, Double(bin + 1), yes: yes, no: isLast ? no : next)
      current = next
      if !isLast { next += 1 }
    }
  }

  private mutating func append(
    _ node: Int, _ split: ValueSplit, _ mode: Mode, _ value: Double, yes: Int, no: Int,
    missing: Bool = false
  ) {
    trees.append(starts.count - 1)
    nodes.append(node)
    features.append(split.feature)
    modes.append(mode)
    values.append(value)
    trues.append(yes)
    falses.append(no)
    missingIsTrue.append(missing ? 1 : 0)
  }

  private mutating func appendLeaf(node: Int, value: Double) {
    trees.append(starts.count - 1)
    nodes.append(node)
    features.append(0)
    modes.append(.leaf)
    values.append(value)
    trues.append(0)
    falses.append(0)
    missingIsTrue.append(0)
  }

  private mutating func beginTree() { starts.append(nodes.count) }

  /// Puts the nodes of the last tree in the order of their numbers, chains behind the others.
  private mutating func sortLastTree() {
    let range = starts[starts.count - 1]..<nodes.count
    let order = range.sorted { nodes[$0] < nodes[$1] }
    func sort<Value>(_ array: inout [Value]) {
      array.replaceSubrange(range, with: order.map { array[$0] })
    }
    sort(&features)
    sort(&modes)
    sort(&values)
    sort(&trues)
    sort(&falses)
    sort(&missingIsTrue)
    sort(&nodes)
  }

  /// The attributes of the operator.
  var attributes: [(String, ONNXGraph.Attribute)] {
    let leaves = modes.indices.filter { modes[$0] == .leaf }
    return [
      ("n_targets", .int(1)),
      ("nodes_treeids", .ints(trees)),
      ("nodes_nodeids", .ints(nodes)),
      ("nodes_featureids", .ints(features)),
      ("nodes_modes", .strings(modes.map(\.rawValue))),
      (
        "nodes_values_as_tensor",
        .doubles(values.indices.map { modes[$0] == .leaf ? 0 : values[$0] })
      ),
      ("nodes_truenodeids", .ints(trues)),
      ("nodes_falsenodeids", .ints(falses)),
      ("nodes_missing_value_tracks_true", .ints(missingIsTrue)),
      ("target_treeids", .ints(leaves.map { trees[$0] })),
      ("target_nodeids", .ints(leaves.map { nodes[$0] })),
      ("target_ids", .ints(leaves.map { _ in 0 })),
      ("target_weights_as_tensor", .doubles(leaves.map { values[$0] })),
    ]
  }

  /// The sum of a row's leaves, found as ONNX Runtime does; it keeps doubles up to the result.
  func score(of row: [Double]) -> Float {
    var sum = 0.0
    for start in starts {
      var node = start
      while modes[node] != .leaf {
        let value = row[features[node]]
        let isTrue =
          (modes[node] == .equal ? value == values[node] : value <= values[node])
          || value.isNaN && missingIsTrue[node] == 1
        node = start + (isTrue ? trues[node] : falses[node])
      }
      sum += values[node]
    }
    return Float(sum)
  }
}

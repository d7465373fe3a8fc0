// A split in terms of values instead of our bins, as other programs state it.

internal import CKernels

/// A rule about the value of one feature; rows that satisfy it go to `satisfied`, others to
/// `otherwise`, which are indices of the tree's nodes.
struct ValueSplit {
  enum Rule: Equatable {
    /// The number is at most a threshold; `missing` says whether a missing number satisfies it.
    case atMost(Double, missing: Bool)
    /// The category is in one of some bins. Missing and unseen categories never satisfy it, which
    /// is all that the peers can say: where ours do, the rule is turned around.
    case oneOf(bins: [Int])
  }

  /// The index of the feature.
  let feature: Int
  let rule: Rule
  let satisfied: Int
  let otherwise: Int

  /// Translates an inner node.
  ///
  /// - Throws: `GradientBoostingError.corruptModel` if no training makes such a node.
  init(_ node: mlk_node, of tree: Tree, features: [BinnedFeature]) throws {
    feature = Int(node.feature)
    let binned = features[feature]
    let isLeft = (0..<binned.binCount).map { bin in
      node.set == 0
        ? UInt8(bin) &- node.low <= node.width : tree.sets[Int(node.set) - 1].contains(bin)
    }
    var isTurned: Bool
    switch binned.encoding {
    case .number(let cuts):
      let passing = isLeft.dropFirst().prefix { $0 }.count
      guard isLeft.dropFirst(1 + passing).allSatisfy({ !$0 }) else {
        throw GradientBoostingError.corruptModel(
          reason: "a node divides \(binned.name) into more than two ranges")
      }
      // Where no number passes, only missing ones do: all numbers satisfy the opposite.
      isTurned = passing == 0
      rule = .atMost(
        passing == 0 || passing > cuts.count ? .greatestFiniteMagnitude : cuts[passing - 1],
        missing: isLeft[0] != isTurned)
    case .category, .levelValue:
      isTurned = isLeft[Int(BinEncoder.binOfLevel(binned).otherwise)]
      rule = .oneOf(bins: isLeft.indices.filter { isLeft[$0] != isTurned })
    }
    satisfied = Int(node.left) + (isTurned ? 1 : 0)
    otherwise = Int(node.left) + (isTurned ? 0 : 1)
  }
}

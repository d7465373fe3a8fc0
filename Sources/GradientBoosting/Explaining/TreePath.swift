// The features that the nodes from a tree's root to one of its nodes ask about.

/// A path down a tree.
struct TreePath {
  /// For each node, from the root on, its feature and where the feature was asked about before.
  private var asked: [(feature: Int, above: Int?)] = []
  /// For each feature the depth of the last node that asks about it.
  private var last: [Int?]
  /// How many different features the path asks about.
  private(set) var featureCount = 0

  init(featureCount: Int) { last = [Int?](repeating: nil, count: featureCount) }

  /// Forgets the nodes from a depth on.
  mutating func leave(to depth: Int) {
    while asked.count > depth {
      let (feature, above) = asked.removeLast()
      last[feature] = above
      if above == nil { featureCount -= 1 }
    }
  }

  /// Adds a node.
  mutating func enter(_ feature: UInt16) {
    let feature = Int(feature)
    if last[feature] == nil { featureCount += 1 }
    asked.append((feature, last[feature]))
    last[feature] = asked.count - 1
  }

  /// For a node of the path the depth of the last node above that asks about the same feature.
  func above(_ depth: Int) -> Int? { asked[depth].above }
}

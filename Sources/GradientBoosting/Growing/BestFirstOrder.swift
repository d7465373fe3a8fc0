// Which nodes strict best-first order divides, and which to divide ahead of it.

/// Replays the strict order over nodes that may have been divided ahead of it.
struct BestFirstOrder {
  private let maximumLeaves: Int
  private var leaves = 1
  /// Nodes that are leaves of the tree so far and could be split.
  private var open: [Key] = []

  /// What decides when an open node's turn is.
  private struct Key {
    let index: Int
    let gain: Double
    let depth: Int
    let start: Int

    init(_ index: Int, _ node: GrowingNode) {
      self.index = index
      gain = node.split.gain
      depth = node.depth
      start = node.start
    }

    /// More gain comes first; of equals the higher node, then the one further left. Nothing here
    /// depends on when a node was divided.
    static func comesFirst(_ a: Key, _ b: Key) -> Bool {
      a.gain != b.gain ? a.gain > b.gain : (a.depth, a.start) < (b.depth, b.start)
    }
  }

  init(maximumLeaves: Int, root: GrowingNode) {
    self.maximumLeaves = maximumLeaves
    if root.split.exists { open.append(Key(0, root)) }
  }

  /// Accepts splits in strict order as far as they are known.
  ///
  /// - Returns: nodes to divide next; empty when the tree is complete.
  mutating func advance(nodes: inout [GrowingNode]) -> [Int] {
    while leaves < maximumLeaves,
      let position = open.indices.min(by: { Key.comesFirst(open[$0], open[$1]) })
    {
      let index = open[position].index
      let left = nodes[index].left
      guard left >= 0 else { return candidates(nodes) }
      nodes[index].isAccepted = true
      open.swapAt(position, open.count - 1)
      open.removeLast()
      for child in [left, left + 1] where nodes[child].split.exists {
        open.append(Key(child, nodes[child]))
      }
      leaves += 1
    }
    return []
  }

  /// The undivided nodes that strict order will most likely reach: up to half of the leaves that
  /// are left, so that little is divided in vain.
  private func candidates(_ nodes: [GrowingNode]) -> [Int] {
    var found: [(index: Int, gain: Double)] = []
    // A node below an open one comes no sooner than that one.
    func collect(_ index: Int, bound: Double) {
      let gain = min(bound, nodes[index].split.gain)
      let left = nodes[index].left
      if left < 0 {
        found.append((index, gain))
      } else {
        for child in [left, left + 1] where nodes[child].split.exists {
          collect(child, bound: gain)
        }
      }
    }
    for key in open { collect(key.index, bound: .infinity) }
    found.sort { $0.gain > $1.gain || ($0.gain == $1.gain && $0.index < $1.index) }
    let limit = max(1, (maximumLeaves - leaves + 1) / 2)
    return found.prefix(limit).map(\.index)
  }
}

// Which nodes strict best-first order divides, and which to divide ahead of it.

/// Replays the strict order over nodes that may have been divided ahead of it.
struct BestFirstOrder {
  private let maximumLeaves: Int
  /// The gain that the last splits of this tree are expected to have, if there is a guess.
  private let expectedGain: Double
  /// How many nodes are worth dividing at once even where some may be divided in vain.
  private let leastBatch: Int
  private var leaves = 1
  /// The least gain of a split so far: what to expect of the next tree.
  private(set) var leastGain = Double.infinity
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

    /// More gain comes first; of equals the higher node, then the one further left.
    ///
    /// Nothing here depends on when a node was divided.
    static func comesFirst(_ a: Key, _ b: Key) -> Bool {
      a.gain != b.gain ? a.gain > b.gain : (a.depth, a.start) < (b.depth, b.start)
    }
  }

  /// - Parameters:
  ///   - expectedGain: the least gain of the splits of a similar tree, nil if there is none. It
  ///     only decides what is divided ahead of its turn, never the tree.
  ///   - leastBatch: how many nodes keep all threads busy.
  init(maximumLeaves: Int, root: GrowingNode, expectedGain: Double?, leastBatch: Int) {
    self.maximumLeaves = maximumLeaves
    self.expectedGain = expectedGain ?? .infinity
    self.leastBatch = leastBatch
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
      leastGain = min(leastGain, nodes[index].split.gain)
      open.swapAt(position, open.count - 1)
      open.removeLast()
      for child in [left, left + 1] where nodes[child].split.exists {
        open.append(Key(child, nodes[child]))
      }
      leaves += 1
    }
    return []
  }

  /// The undivided nodes that strict order will most likely reach: those with the gain of a split
  /// of the last tree, and as many more as keep all threads busy.
  private func candidates(_ nodes: [GrowingNode]) -> [Int] {
    var found: [(index: Int, gain: Double)] = []
    // Splits that are left once the nodes divided ahead have had their turn.
    var remaining = maximumLeaves - leaves
    // A node below an open one comes no sooner than that one.
    func collect(_ index: Int, bound: Double) {
      let gain = min(bound, nodes[index].split.gain)
      let left = nodes[index].left
      if left < 0 {
        found.append((index, gain))
      } else {
        if gain >= expectedGain { remaining -= 1 }
        for child in [left, left + 1] where nodes[child].split.exists {
          collect(child, bound: gain)
        }
      }
    }
    for key in open { collect(key.index, bound: .infinity) }
    found.sort { $0.gain > $1.gain || ($0.gain == $1.gain && $0.index < $1.index) }
    let likely = found.prefix(max(0, remaining)).prefix { $0.gain >= expectedGain }.count
    return found.prefix(max(1, likely, min(leastBatch, remaining))).map(\.index)
  }
}

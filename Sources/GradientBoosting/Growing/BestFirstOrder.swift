// Which nodes strict best-first order divides, and which to divide ahead of it.

/// Replays the strict order over nodes that may have been divided ahead of it.
struct BestFirstOrder {
  private let maximumLeaves: Int
  private var leaves = 1
  /// Nodes that are leaves of the tree so far and could be split, by index.
  private var open: [Int] = []

  init(maximumLeaves: Int, root: GrowingNode) {
    self.maximumLeaves = maximumLeaves
    if root.split.exists { open.append(0) }
  }

  /// Accepts splits in strict order as far as they are known.
  ///
  /// - Returns: nodes to divide next, the one that strict order waits for among them; empty when
  ///   the tree is complete.
  mutating func advance(nodes: inout [GrowingNode]) -> [Int] {
    while leaves < maximumLeaves, let position = best(nodes) {
      let index = open[position]
      let left = nodes[index].left
      guard left >= 0 else { return candidates(nodes) }
      nodes[index].isAccepted = true
      open.swapAt(position, open.count - 1)
      open.removeLast()
      for child in [left, left + 1] where nodes[child].split.exists { open.append(child) }
      leaves += 1
    }
    return []
  }

  /// The position in `open` of the node with the most to gain; the earlier node of equals.
  private func best(_ nodes: [GrowingNode]) -> Int? {
    open.indices.max {
      let (a, b) = (open[$0], open[$1])
      let (gainOfA, gainOfB) = (nodes[a].split.gain, nodes[b].split.gain)
      return gainOfA < gainOfB || (gainOfA == gainOfB && Self.comesFirst(b, a, nodes))
    }
  }

  /// An order of nodes that does not depend on when they were divided.
  private static func comesFirst(_ a: Int, _ b: Int, _ nodes: [GrowingNode]) -> Bool {
    (nodes[a].depth, nodes[a].start) < (nodes[b].depth, nodes[b].start)
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
    for index in open { collect(index, bound: .infinity) }
    found.sort { $0.gain > $1.gain || ($0.gain == $1.gain && $0.index < $1.index) }
    let limit = max(1, (maximumLeaves - leaves + 1) / 2)
    return found.prefix(limit).map(\.index)
  }
}

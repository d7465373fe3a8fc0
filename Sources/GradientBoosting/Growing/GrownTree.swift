// A finished tree together with where its training rows have ended.

internal import NumericCore

/// The nodes of a tree that has been grown, those that were divided in vain included.
struct GrownTree {
  let nodes: [GrowingNode]
  let finder: SplitFinder
  /// For each growing node its index in the tree, or that of the leaf it lies below.
  let treeIndices: [Int32]
  /// For each node of the tree its growing node; children lie side by side behind their parent.
  let growingIndices: [Int]

  init(nodes: [GrowingNode], finder: SplitFinder) {
    self.nodes = nodes
    self.finder = finder
    var treeIndices = [Int32](repeating: -1, count: nodes.count)
    var growingIndices = [0]
    treeIndices[0] = 0
    var next = 0
    while next < growingIndices.count {
      let node = nodes[growingIndices[next]]
      if node.isAccepted {
        for child in [node.left, node.left + 1] {
          treeIndices[child] = Int32(growingIndices.count)
          growingIndices.append(child)
        }
      }
      next += 1
    }
    // Parents come before their children, so one pass brings down the leaf of each.
    for index in nodes.indices where treeIndices[index] < 0 {
      treeIndices[index] = treeIndices[nodes[index].parent]
    }
    self.treeIndices = treeIndices
    self.growingIndices = growingIndices
  }

  /// What monotone constraints allow below a node of the tree.
  func bounds(ofTreeNode index: Int) -> LeafBounds { nodes[growingIndices[index]].bounds }

  /// Writes to `leafOf` the tree index of the leaf of every row that the tree was grown on.
  func assignLeaves(
    _ leafOf: UnsafeMutablePointer<UInt16>, entries: EntryBuffers, pool: WorkerPool
  ) {
    // The undivided nodes hold each row once.
    let holders = nodes.indices.filter { nodes[$0].left < 0 }
      .sorted { (nodes[$0].count, $1) > (nodes[$1].count, $0) }
    pool.forEach(count: holders.count) { task, _ in
      let index = holders[task]
      let leaf = UInt16(treeIndices[index])
      let own = entries.entries(of: nodes[index])
      if nodes[index].isPacked {
        for entry in own { leafOf[Int(entries.packedRows.base[Int(entry >> 32)])] = leaf }
      } else {
        for entry in own { leafOf[Int(entry >> 32)] = leaf }
      }
    }
  }
}

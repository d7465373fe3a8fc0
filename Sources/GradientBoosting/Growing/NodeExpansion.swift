// Divides nodes: partitions their rows, builds the histogram of one child, subtracts it from the
// parent's to get the other's, and finds both children's best splits.

internal import NumericCore
internal import Synchronization

/// Divides nodes of one tree.
struct NodeExpansion {
  let grower: TreeGrower
  let finder: SplitFinder
  let view: FeatureView

  private var layout: HistogramLayout { view.layout }

  /// Builds the root's histogram and finds its best split.
  func openRoot() {
    guard finder.canSplit(grower.nodes[0].sums, count: grower.nodes[0].count, depth: 0) else {
      return
    }
    let histogram = grower.store.take()
    grower.nodes[0].histogram = histogram
    let node = grower.nodes[0]
    let cells = grower.store.cells(histogram)
    if node.count < TreeGrower.parallelRows {
      layout.clear(cells, features: layout.features)
      view.add(grower.entries.entries(of: node), to: cells)
      grower.nodes[0].split = bestSplit(of: node, cells: cells)
    } else {
      let entries = grower.entries.entries(of: node)
      let (view, scratch) = (view, grower.scratch)
      grower.pool.forEachRange(count: node.count, grain: WorkerScratch.blockRows) { rows, worker in
        scratch[worker].isUsed = true
        view.add(
          UnsafeBufferPointer(rebasing: entries[rows]), to: scratch[worker].cells.base)
      }
      let splits = Slots<Split>(count: view.features.count, repeating: Split())
      forEachFeature { features in
        collectScratch(features, into: cells)
        for feature in features {
          var best = Split()
          improve(&best, feature: feature, cells: cells, node: node)
          splits[feature] = best
        }
      }
      scratch.forEach { $0.isUsed = false }
      grower.nodes[0].split = bestOf(splits.values)
    }
  }

  /// Divides nodes; large ones one after the other by all threads, small ones side by side.
  func expand(_ batch: [Int]) {
    var small: [Expansion] = []
    for index in batch {
      let expansion = prepare(index)
      if grower.nodes[index].count >= TreeGrower.parallelRows {
        finish(expandTogether(expansion), expansion)
      } else {
        small.append(expansion)
      }
    }
    // The largest first, so that no thread is left with one at the end.
    small.sort { ($0.node.count, $1.index) > ($1.node.count, $0.index) }
    let results = Slots<Children?>(count: small.count, repeating: nil)
    grower.pool.forEach(count: small.count) { task, _ in results[task] = expandAlone(small[task]) }
    for (task, expansion) in small.enumerated() {
      if let children = results[task] { finish(children, expansion) }
    }
  }

  private func prepare(_ index: Int) -> Expansion {
    let node = grower.nodes[index]
    let built = grower.store.take()
    return Expansion(
      index: index, node: node, parentCells: grower.store.cells(node.histogram), built: built,
      builtCells: grower.store.cells(built))
  }

  /// Adds the children to the tree and gives back the histograms that are no longer needed.
  private func finish(_ children: Children, _ expansion: Expansion) {
    grower.nodes[expansion.index].left = grower.nodes.count
    grower.nodes[expansion.index].histogram = -1
    grower.nodes.append(children.left)
    grower.nodes.append(children.right)
    giveBack(expansion.node.histogram, unlessKeptBy: children)
    giveBack(expansion.built, unlessKeptBy: children)
  }

  private func giveBack(_ histogram: Int, unlessKeptBy children: Children) {
    let isKept =
      children.left.split.exists && children.left.histogram == histogram
      || children.right.split.exists && children.right.histogram == histogram
    if !isKept { grower.store.giveBack(histogram) }
  }

  private func children(of expansion: Expansion, leftCount: Int) -> Children {
    let node = expansion.node
    func child(start: Int, count: Int, sums: PackedSums) -> GrowingNode {
      GrowingNode(
        start: start, count: count, buffer: 1 - node.buffer, isPacked: node.isPacked,
        depth: node.depth + 1, sums: sums, parent: expansion.index)
    }
    return Children(
      left: child(start: node.start, count: leftCount, sums: node.split.left),
      right: child(
        start: node.start + leftCount, count: node.count - leftCount,
        sums: node.sums - node.split.left))
  }

  private func canSplit(_ node: GrowingNode) -> Bool {
    finder.canSplit(node.sums, count: node.count, depth: node.depth)
  }

  /// The bins of the feature that a node is split on.
  private func column(of node: GrowingNode) -> BinColumn {
    let feature = Int(node.split.feature)
    if node.isPacked, let packing = grower.packing {
      return BinColumn(base: packing.bins + view.position(of: feature), stride: view.stride)
    }
    return BinColumn(base: grower.matrix.column(feature), stride: 1)
  }

  private func expandAlone(_ expansion: Expansion) -> Children {
    var expansion = expansion
    grower.packing?.pack(&expansion.node, view: view, entries: grower.entries)
    let leftCount = grower.entries.partition(
      expansion.node, column: column(of: expansion.node))
    var children = children(of: expansion, leftCount: leftCount)
    let opensLeft = canSplit(children.left)
    let opensRight = canSplit(children.right)
    guard opensLeft || opensRight else { return children }
    let buildsLeft = children.left.count <= children.right.count
    let built = buildsLeft ? children.left : children.right
    layout.clear(expansion.builtCells, features: layout.features)
    view.add(
      grower.entries.entries(of: built), packed: built.isPacked ? grower.packing?.bins : nil,
      to: expansion.builtCells)
    if buildsLeft ? opensRight : opensLeft {
      layout.subtract(
        expansion.builtCells, from: expansion.parentCells, features: layout.features)
    }
    children.assignHistograms(
      built: expansion.built, other: expansion.node.histogram, buildsLeft: buildsLeft)
    if opensLeft {
      children.left.split = bestSplit(
        of: children.left, cells: buildsLeft ? expansion.builtCells : expansion.parentCells)
    }
    if opensRight {
      children.right.split = bestSplit(
        of: children.right, cells: buildsLeft ? expansion.parentCells : expansion.builtCells)
    }
    return children
  }

  /// Divides a large node: first blocks of rows, then features, each shared by all threads.
  private func expandTogether(_ expansion: Expansion) -> Children {
    let node = expansion.node
    // The smaller child by estimate is built; were the estimate wrong, only time would be lost.
    let buildsLeft = 2 * node.split.left.hessians <= node.sums.hessians
    let leftCount = partitionTogether(expansion, buildsLeft: buildsLeft)
    var children = children(of: expansion, leftCount: leftCount)
    children.assignHistograms(
      built: expansion.built, other: node.histogram, buildsLeft: buildsLeft)
    let (left, right) = (children.left, children.right)
    let (opensLeft, opensRight) = (canSplit(left), canSplit(right))
    let features = view.features.count
    let leftSplits = Slots<Split>(count: features, repeating: Split())
    let rightSplits = Slots<Split>(count: features, repeating: Split())
    let leftCells = buildsLeft ? expansion.builtCells : expansion.parentCells
    let rightCells = buildsLeft ? expansion.parentCells : expansion.builtCells
    forEachFeature { features in
      collectScratch(features, into: expansion.builtCells)
      layout.subtract(expansion.builtCells, from: expansion.parentCells, features: features)
      for feature in features {
        if opensLeft {
          var best = Split()
          improve(&best, feature: feature, cells: leftCells, node: left)
          leftSplits[feature] = best
        }
        if opensRight {
          var best = Split()
          improve(&best, feature: feature, cells: rightCells, node: right)
          rightSplits[feature] = best
        }
      }
    }
    grower.scratch.forEach { $0.isUsed = false }
    children.left.split = bestOf(leftSplits.values)
    children.right.split = bestOf(rightSplits.values)
    return children
  }

  /// Partitions a large node, and counts the rows of one child while they are near.
  ///
  /// Blocks claim their places in the order in which they finish: the order of rows within a
  /// child varies, but nothing that is computed depends on it.
  private func partitionTogether(_ expansion: Expansion, buildsLeft: Bool) -> Int {
    let node = expansion.node
    let entries = grower.entries.entries(of: node)
    let target = grower.entries.base(1 - node.buffer) + node.start
    let claimedLeft = Atomic<Int>(0)
    let claimedRight = Atomic<Int>(0)
    let (view, scratch) = (view, grower.scratch)
    let column = column(of: node)
    grower.pool.forEachRange(count: node.count, grain: WorkerScratch.blockRows) { rows, worker in
      let block = scratch[worker].block.base
      let left = node.split.partition(
        UnsafeBufferPointer(rebasing: entries[rows]), column: column, left: block,
        rightEnd: block + rows.count)
      let right = rows.count - left
      let leftPlace = claimedLeft.wrappingAdd(left, ordering: .relaxed).oldValue
      let rightPlace = claimedRight.wrappingAdd(right, ordering: .relaxed).newValue
      (target + leftPlace).update(from: block, count: left)
      (target + node.count - rightPlace).update(from: block + left, count: right)
      scratch[worker].isUsed = true
      view.add(
        UnsafeBufferPointer(
          start: buildsLeft ? block : block + left, count: buildsLeft ? left : right),
        to: scratch[worker].cells.base)
    }
    return claimedLeft.load(ordering: .relaxed)
  }

  /// Moves the workers' shares of some features into a histogram and leaves zeros behind.
  private func collectScratch(_ features: Range<Int>, into cells: UnsafeMutablePointer<Int64>) {
    layout.clear(cells, features: features)
    for scratch in grower.scratch where scratch.isUsed {
      layout.merge(scratch.cells.base, into: cells, features: features)
      layout.clear(scratch.cells.base, features: features)
    }
  }

  /// Calls `body` for ranges of features, shared by all threads.
  private func forEachFeature(_ body: (Range<Int>) -> Void) {
    grower.pool.forEachRange(count: view.features.count, grain: 2) { features, _ in
      body(features)
    }
  }

  private func improve(
    _ best: inout Split, feature: Int, cells: UnsafeMutablePointer<Int64>, node: GrowingNode
  ) {
    finder.improve(
      &best, feature: view.features[feature], shape: view.shapes[feature],
      cells: cells + feature * HistogramLayout.featureStride, sums: node.sums, count: node.count)
  }

  private func bestSplit(of node: GrowingNode, cells: UnsafeMutablePointer<Int64>) -> Split {
    var best = Split()
    for feature in layout.features {
      improve(&best, feature: feature, cells: cells, node: node)
    }
    return best
  }

  /// The split with the most to gain; of equals the one of the first feature.
  private func bestOf(_ splits: [Split]) -> Split {
    splits.reduce(Split()) { $1.gain > $0.gain ? $1 : $0 }
  }
}

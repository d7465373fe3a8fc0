// Divides nodes: partitions their rows, builds the histogram of one child, subtracts it from the
// parent's to get the other's, and finds both children's best splits. Nodes of many rows are
// divided by all threads, which share out rows and then features; of smaller ones, each is divided
// by one thread where there are enough of them, else the threads share out nodes and features.

internal import NumericCore

/// Divides nodes of one tree.
struct NodeExpansion {
  let grower: TreeGrower
  let finder: SplitFinder
  let view: FeatureView

  var layout: HistogramLayout { view.layout }

  /// What the threads share out.
  private let shares: [Share]
  /// All shares in one.
  private let whole: Share

  /// Some columns, and the features that they count.
  private struct Share {
    let columns: Range<Int>
    /// Ascending.
    let features: [Int]

    init(_ columns: Range<Int>, of layout: HistogramLayout) {
      self.columns = columns
      features = layout.columns[columns].flatMap { $0.members.map(\.feature) }.sorted()
    }
  }

  init(grower: TreeGrower, finder: SplitFinder, view: FeatureView) {
    self.grower = grower
    self.finder = finder
    self.view = view
    let (layout, count) = (view.layout, view.layout.columns.count)
    // As many as the histogram kernel reads at once, unless most threads would have nothing to do.
    let grain = count > 16 ? 8 : 4
    shares = stride(from: 0, to: count, by: grain).map {
      Share($0..<min(count, $0 + grain), of: layout)
    }
    whole = Share(0..<count, of: layout)
  }

  /// Builds the root's histogram and finds its best split.
  func openRoot() {
    let root = grower.nodes[0]
    guard finder.canSplit(root.sums, count: root.count, depth: 0) else { return }
    let histogram = grower.store.take()
    let cells = grower.store.cells(histogram)
    let entries = grower.entries.entries(of: root)
    let sharesRows = root.count >= TreeGrower.parallelRows
    if sharesRows { countTogether(entries) }
    let splits = Slots<Split>(count: shares.count, repeating: Split())
    grower.pool.forEach(count: shares.count) { index, _ in
      let share = shares[index]
      if sharesRows {
        collectScratch(share.columns, into: cells)
      } else {
        layout.clear(cells, columns: share.columns)
        view.add(entries, columns: share.columns, to: cells)
      }
      layout.spread(cells, columns: share.columns)
      var best = Split()
      for feature in share.features { improve(&best, feature: feature, cells: cells, node: root) }
      splits[index] = best
    }
    if sharesRows { markScratchUnused() }
    grower.nodes[0].histogram = histogram
    grower.nodes[0].split = splits.values.reduce(Split(), better)
  }

  /// Divides nodes.
  func expand(_ batch: [Int]) {
    var small: [Expansion] = []
    for index in batch {
      let expansion = prepare(index)
      if expansion.node.count >= TreeGrower.parallelRows {
        let division = divideTogether(expansion)
        finish(division, evaluateTogether([division])[0])
        markScratchUnused()
      } else {
        small.append(expansion)
      }
    }
    // The largest first, so that no thread is left with one at the end.
    small.sort { ($0.node.count, $1.index) > ($1.node.count, $0.index) }
    let results = Slots<(division: Division, splits: SplitPair)?>(
      count: small.count, repeating: nil)
    let threads = grower.pool.freeThreadCount
    if small.count >= 2 * threads || threads == 1 {
      grower.pool.forEach(count: small.count) { task, _ in
        let division = divide(small[task])
        results[task] = (division, evaluate(division, whole))
      }
    } else {
      let divisions = Slots<Division?>(count: small.count, repeating: nil)
      grower.pool.forEach(count: small.count) { task, _ in divisions[task] = divide(small[task]) }
      let found = divisions.values.compactMap { $0 }
      for (task, splits) in evaluateTogether(found).enumerated() {
        results[task] = (found[task], splits)
      }
    }
    for task in small.indices {
      if let (division, splits) = results[task] { finish(division, splits) }
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
  private func finish(_ division: Division, _ splits: SplitPair) {
    let index = division.expansion.index
    grower.nodes[index].left = grower.nodes.count
    grower.nodes[index].histogram = -1
    for (child, split, histogram) in [
      (division.left, splits.left, division.leftHistogram),
      (division.right, splits.right, division.rightHistogram),
    ] {
      var child = child
      if split.exists {
        child.split = split
        child.histogram = histogram
      } else {
        grower.store.giveBack(histogram)
      }
      grower.nodes.append(child)
    }
  }

  /// Finds the best splits of the children of divided nodes, by all threads.
  private func evaluateTogether(_ divisions: [Division]) -> [SplitPair] {
    let parts = Slots<SplitPair>(count: divisions.count * shares.count, repeating: SplitPair())
    grower.pool.forEach(count: divisions.count * shares.count) { part, _ in
      parts[part] = evaluate(divisions[part / shares.count], shares[part % shares.count])
    }
    return divisions.indices.map { task in
      (0..<shares.count).reduce(into: SplitPair()) { best, share in
        let part = parts[task * shares.count + share]
        best.left = better(best.left, part.left)
        best.right = better(best.right, part.right)
      }
    }
  }

  /// Finds the best splits of the children of a divided node on some features.
  private func evaluate(_ division: Division, _ share: Share) -> SplitPair {
    var best = SplitPair()
    // What was counted has to leave the scratch in any case.
    guard division.isCounted || division.opensLeft || division.opensRight else { return best }
    let (built, other) = (division.expansion.builtCells, division.expansion.parentCells)
    if division.isCounted {
      collectScratch(share.columns, into: built)
    } else {
      let child = division.buildsLeft ? division.left : division.right
      layout.clear(built, columns: share.columns)
      view.add(
        grower.entries.entries(of: child), columns: share.columns,
        packed: child.isPacked ? grower.packing?.bins : nil, to: built)
    }
    layout.spread(built, columns: share.columns)
    if division.buildsLeft ? division.opensRight : division.opensLeft {
      layout.subtract(built, from: other, features: share.features)
    }
    for feature in share.features where division.opensLeft {
      improve(
        &best.left, feature: feature, cells: division.buildsLeft ? built : other,
        node: division.left)
    }
    for feature in share.features where division.opensRight {
      improve(
        &best.right, feature: feature, cells: division.buildsLeft ? other : built,
        node: division.right)
    }
    return best
  }

  private func improve(
    _ best: inout Split, feature: Int, cells: UnsafeMutablePointer<Int64>, node: GrowingNode
  ) {
    finder.improve(
      &best, feature: view.features[feature], shape: view.shapes[feature],
      cells: cells + layout.starts[feature], node: node)
  }

  /// The split with more to gain; of equals that of the lower feature.
  private func better(_ first: Split, _ second: Split) -> Split {
    let isEqual = second.gain == first.gain && second.feature < first.feature
    return second.gain > first.gain || (isEqual && second.exists) ? second : first
  }
}

// Dividing the rows of a node between its children.

internal import NumericCore
internal import Synchronization

extension NodeExpansion {
  /// Divides the rows of a node that is not large, by one thread.
  func divide(_ expansion: Expansion) -> Division {
    var expansion = expansion
    grower.packing?.pack(&expansion.node, view: view, entries: grower.entries)
    let (split, column) = sides(of: expansion.node)
    let leftCount = grower.entries.partition(expansion.node, by: split, column: column)
    let rightCount = expansion.node.count - leftCount
    return division(
      expansion, leftCount: leftCount, buildsLeft: leftCount <= rightCount, isCounted: false)
  }

  /// Divides the rows of a large node by all threads, and counts those of one child while they
  /// are near.
  ///
  /// Blocks claim their places in the order in which they finish: the order of rows within a
  /// child varies, but nothing that is computed depends on it.
  func divideTogether(_ expansion: Expansion) -> Division {
    let node = expansion.node
    // The smaller child by estimate is built; were the estimate wrong, only time would be lost.
    let buildsLeft = 2 * node.split.left.hessians <= node.sums.hessians
    let entries = grower.entries.entries(of: node)
    let target = grower.entries.base(1 - node.buffer) + node.start
    let claimedLeft = Atomic<Int>(0)
    let claimedRight = Atomic<Int>(0)
    let (view, scratch) = (view, grower.scratch)
    let (split, column) = sides(of: node)
    grower.pool.forEachRange(count: node.count, grain: WorkerScratch.blockRows) { rows, worker in
      let block = scratch[worker].block.base
      let left = split.partition(
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
    return division(
      expansion, leftCount: claimedLeft.load(ordering: .relaxed), buildsLeft: buildsLeft,
      isCounted: true)
  }

  private func division(
    _ expansion: Expansion, leftCount: Int, buildsLeft: Bool, isCounted: Bool
  ) -> Division {
    let node = expansion.node
    let bounds = finder.childBounds(
      of: node, direction: grower.shapes[Int(node.split.feature)].direction)
    func child(start: Int, count: Int, sums: PackedSums, bounds: LeafBounds) -> GrowingNode {
      GrowingNode(
        start: start, count: count, buffer: 1 - node.buffer, isPacked: node.isPacked,
        depth: node.depth + 1, sums: sums, bounds: bounds, parent: expansion.index)
    }
    let left = child(
      start: node.start, count: leftCount, sums: node.split.left, bounds: bounds.left)
    let right = child(
      start: node.start + leftCount, count: node.count - leftCount,
      sums: node.sums - node.split.left, bounds: bounds.right)
    return Division(
      expansion: expansion, left: left, right: right, opensLeft: canSplit(left),
      opensRight: canSplit(right), buildsLeft: buildsLeft, isCounted: isCounted)
  }

  private func canSplit(_ node: GrowingNode) -> Bool {
    finder.canSplit(node.sums, count: node.count, depth: node.depth)
  }

  /// How a node is split, and the bins or bytes that decide it.
  private func sides(of node: GrowingNode) -> (split: Split, column: BinColumn) {
    if node.isPacked, let packing = grower.packing {
      let (split, column) = view.split(node.split)
      return (
        split, BinColumn(base: packing.bins + column, stride: view.stride, isNear: true)
      )
    }
    let column = BinColumn(
      base: grower.matrix.column(Int(node.split.feature)), stride: 1, isNear: grower.packing == nil)
    return (node.split, column)
  }

  /// Counts entries in the workers' own shares of a histogram.
  func countTogether(_ entries: UnsafeBufferPointer<UInt64>) {
    let (view, scratch) = (view, grower.scratch)
    grower.pool.forEachRange(count: entries.count, grain: WorkerScratch.blockRows) {
      rows, worker in
      scratch[worker].isUsed = true
      view.add(UnsafeBufferPointer(rebasing: entries[rows]), to: scratch[worker].cells.base)
    }
  }

  /// Moves the workers' shares of some columns into a histogram and leaves zeros behind.
  func collectScratch(_ columns: Range<Int>, into cells: UnsafeMutablePointer<Int64>) {
    layout.clear(cells, columns: columns)
    for scratch in grower.scratch where scratch.isUsed {
      layout.merge(scratch.cells.base, into: cells, columns: columns)
      layout.clear(scratch.cells.base, columns: columns)
    }
  }

  /// Notes that all shares have been collected.
  func markScratchUnused() {
    for scratch in grower.scratch { scratch.isUsed = false }
  }
}

// Grows a tree leaf by leaf, the leaf with the most to gain first.
//
// To keep all processors busy, several open leaves are divided at once, before it is known which
// of them strict best-first order would divide; then strict order is replayed and only what it
// divides enters the tree. The result is exactly the leaf-wise tree, whatever the number of
// threads: sums are integers, so no order of additions matters.

internal import CKernels
internal import NumericCore

/// Grows trees on one binned matrix.
final class TreeGrower {
  let matrix: BinnedMatrix
  let parameters: GrowingParameters
  let shapes: [BinnedFeatureShape]
  let pool: WorkerPool
  /// The rows that a tree is grown on; filled by the caller before each `grow`.
  let entries: EntryBuffers
  var store: HistogramStore
  var nodes: [GrowingNode] = []
  let scratch: [WorkerScratch]
  private(set) var packing: RowPacking?
  /// The least gain of a split of the last tree.
  private var leastGain: Double?
  private let allFeatures: FeatureView
  /// The last tree's features, where it might use only some.
  private var someFeatures: FeatureView?
  private let hasMissing: [Bool]
  /// How many rows of the matrix trees may be grown on, from the first on.
  private let capacity: Int

  /// Nodes of at least so many rows are divided by all threads together, sharing out rows.
  static let parallelRows = 32_768

  init(
    matrix: BinnedMatrix, shapes: [BinnedFeatureShape], capacity: Int,
    parameters: GrowingParameters, pool: WorkerPool
  ) {
    self.matrix = matrix
    self.parameters = parameters
    self.pool = pool
    self.shapes = shapes
    hasMissing = matrix.hasMissing(rows: capacity, shapes: shapes, pool: pool)
    allFeatures = FeatureView(
      matrix, rows: capacity, shapes: shapes, hasMissing: hasMissing,
      features: Array(shapes.indices), pool: pool)
    entries = EntryBuffers(capacity: capacity)
    self.capacity = capacity
    let cellCount = allFeatures.layout.cellCount
    store = HistogramStore(cellCount: cellCount)
    let cells = capacity >= Self.parallelRows ? cellCount : 0
    scratch = (0..<pool.threadCount).map { _ in WorkerScratch(cellCount: cells) }
  }

  /// Grows a tree on the first `count` entries of buffer 0.
  ///
  /// - Parameters:
  ///   - sums: the sums over these entries.
  ///   - scale: what the entries' units are worth.
  ///   - featureSubset: the features that may be split on, ascending; nil for all.
  func grow(count: Int, sums: PackedSums, scale: GradientScale, featureSubset: [Int]?)
    -> GrownTree
  {
    let view = view(of: featureSubset)
    if packing.map({ $0.stride < view.stride }) ?? true {
      packing = RowPacking(capacity: capacity, stride: view.stride)
    }
    let finder = SplitFinder(parameters: parameters, scale: scale)
    let expansion = NodeExpansion(grower: self, finder: finder, view: view)
    store.giveBackAll()
    nodes.removeAll(keepingCapacity: true)
    nodes.append(GrowingNode(start: 0, count: count, buffer: 0, depth: 0, sums: sums))
    expansion.openRoot()
    var order = BestFirstOrder(
      maximumLeaves: parameters.numLeaves, root: nodes[0], expectedGain: leastGain,
      leastBatch: pool.freeThreadCount)
    while true {
      let batch = order.advance(nodes: &nodes)
      if batch.isEmpty { break }
      expansion.expand(batch)
    }
    leastGain = order.leastGain
    return GrownTree(nodes: nodes, finder: finder)
  }

  private func view(of subset: [Int]?) -> FeatureView {
    guard let subset else { return allFeatures }
    let view = FeatureView(
      matrix, rows: capacity, shapes: shapes, hasMissing: hasMissing, features: subset,
      spare: someFeatures, pool: pool)
    someFeatures = view
    return view
  }
}

/// Memory of one worker for nodes that all threads divide together.
final class WorkerScratch: @unchecked Sendable {
  static let blockRows = 8_192
  /// Entries of one block, before they move to the range that they get.
  let block = AlignedBuffer<UInt64>(count: WorkerScratch.blockRows)
  /// The worker's own share of a histogram.
  let cells: AlignedBuffer<Int64>
  /// Whether `cells` holds anything but zeros.
  var isUsed = false

  init(cellCount: Int) { cells = AlignedBuffer(count: cellCount) }
}

// A tree as the nodes with which mlk_shapley_add_row computes the Shapley values of one row: see
// ShapleyTree for what is computed.
//
// A kernel that goes step by step waits for the kinds of steps, which it cannot foresee. With one
// row a vector holds the points of the integral, so that there is room to treat all nodes alike: the
// products are passed down node by node, then the sums up, and then the gains are added in the order
// of the steps, which makes the sums those of the other kernel.

internal import CKernels

/// A tree prepared for single rows.
struct ShapleyRowTree: Sendable {
  private let nodes: [mlk_shapley_node]
  /// How many nodes have fewer than two leaves.
  private let splitCount: Int
  private let gainInputs: [UInt32]
  private let coefficients: [Double]
  private let pointCount: Int
  private let sets: [BinSet]

  /// How many numbers the kernel notes.
  var scratchCount: Int { mlk_shapley_row_scratch(nodes.count, pointCount) }

  /// Prepares a tree; nil for a tree without splits, which contributes nothing.
  init?(_ tree: ShapleyTree) {
    guard !tree.steps.isEmpty else { return nil }
    var reader = ShapleyStepReader(tree)
    for step in tree.steps { reader.read(step) }
    nodes = reader.splits + reader.leafPairs
    splitCount = reader.splits.count
    gainInputs = reader.gainInputs
    coefficients = tree.coefficients + reader.paddingCoefficients
    pointCount = tree.pointCount
    sets = tree.sets
  }

  /// Adds the Shapley values of a row, an element for each input.
  ///
  /// - Parameters:
  ///   - bins: the row's bin of each feature.
  ///   - scratch: `scratchCount` numbers, aligned to 64 bytes.
  func add(
    bins: UnsafePointer<UInt8>, scratch: UnsafeMutablePointer<Double>,
    contributions: UnsafeMutablePointer<Double>
  ) {
    sets.withUnsafeBytes { sets in
      mlk_shapley_add_row(
        nodes, splitCount, nodes.count, gainInputs, gainInputs.count, coefficients, pointCount,
        sets.baseAddress?.assumingMemoryBound(to: (UInt64, UInt64, UInt64, UInt64).self), bins,
        scratch, contributions)
    }
  }
}

/// Reads the steps of a tree, of which each node has one to three.
private struct ShapleyStepReader {
  private(set) var splits: [mlk_shapley_node] = []
  private(set) var leafPairs: [mlk_shapley_node] = []
  private(set) var gainInputs: [UInt32] = []
  private let pointCount: Int
  /// Where the coefficients of the next step are.
  private var next: Int
  /// Where arrays of ones are, behind the coefficients of all steps.
  private let ones: Int
  /// For each node of the path its number among the splits, and whether the walk is in its second
  /// child.
  private var path: [(split: Int, isSecond: Bool)] = []
  private var places = 1

  init(_ tree: ShapleyTree) {
    pointCount = tree.pointCount
    next = tree.pointCount
    ones = tree.coefficients.count
  }

  /// The coefficients behind those of the steps: a pair of arrays of ones, and what vectors that
  /// start at the last coefficient read besides.
  var paddingCoefficients: [Double] {
    [Double](repeating: 1, count: 2 * pointCount)
      + [Double](repeating: 0, count: pointCount + Int(MLK_SHAPLEY_LANES))
  }

  mutating func read(_ step: mlk_shapley_step) {
    let depth = Int(step.depth)
    let isAgain = step.kind >= MLK_SHAPLEY_AGAIN
    let kind = Int(step.kind) % Int(MLK_SHAPLEY_AGAIN)
    let isBegin = kind != MLK_SHAPLEY_SECOND_CHILD && kind != MLK_SHAPLEY_END
    path.removeLast(max(0, path.count - depth - (isBegin ? 0 : 1)))
    switch kind {
    case Int(MLK_SHAPLEY_LEAVES):
      var node = node(step, isAgain: isAgain)
      node.first_factor = take(arrays: 2)
      node.gain = isAgain ? take(arrays: 2) : UInt32(ones)
      node.scale = isAgain ? UInt32(ones) : take(numbers: 2)
      if isAgain { node.first_neither = take(numbers: 1) }
      node.gain_place = gainPlace(step)
      leafPairs.append(node)
    case Int(MLK_SHAPLEY_LEAF_THEN_CHILD):
      var node = node(step, isAgain: isAgain)
      node.source = node.own
      node.first_factor = take(arrays: 2)
      node.gain = isAgain ? take(arrays: 2) : UInt32(ones)
      node.second_factor = take(arrays: 2)
      node.scale = isAgain ? UInt32(ones) : take(numbers: 1)
      if isAgain {
        (node.first_neither, node.second_neither) = (take(numbers: 1), take(numbers: 1))
      }
      node.gain_place = gainPlace(step)
      path.append((splits.count, true))
      splits.append(node)
    case Int(MLK_SHAPLEY_FIRST_CHILD):
      var node = node(step, isAgain: isAgain)
      node.source = node.first
      node.first_factor = take(arrays: 2)
      node.scale = UInt32(ones)
      if isAgain { node.first_neither = take(numbers: 1) }
      path.append((splits.count, false))
      splits.append(node)
    case Int(MLK_SHAPLEY_SECOND_CHILD):
      path[depth].isSecond = true
      let split = path[depth].split
      splits[split].gain = take(arrays: isAgain ? 2 : 1)
      splits[split].second_factor = take(arrays: 2)
      if isAgain { splits[split].second_neither = take(numbers: 1) }
      splits[split].gain_place = gainPlace(step)
    default:
      let split = path[depth].split
      splits[split].end = take(arrays: isAgain ? 2 : 1)
      splits[split].end_place = gainPlace(step)
    }
  }

  /// A node with its condition and its places.
  private mutating func node(_ step: mlk_shapley_step, isAgain: Bool) -> mlk_shapley_node {
    var node = mlk_shapley_node()
    (node.feature, node.low, node.width, node.set) = (step.feature, step.low, step.width, step.set)
    (node.flip, node.again) = (step.flip, isAgain ? 1 : 0)
    if let parent = path.last {
      node.own = parent.isSecond ? splits[parent.split].second : splits[parent.split].first
    }
    if isAgain {
      let above = path[Int(step.above)]
      node.above = UInt32(1 + 2 * above.split + (above.isSecond ? 1 : 0))
    }
    if step.kind % UInt8(MLK_SHAPLEY_AGAIN) != MLK_SHAPLEY_LEAVES {
      (node.first, node.second) = (UInt32(places), UInt32(places + 1))
      places += 2
    }
    return node
  }

  private mutating func gainPlace(_ step: mlk_shapley_step) -> UInt32 {
    gainInputs.append(step.input)
    return UInt32(gainInputs.count - 1)
  }

  private mutating func take(arrays: Int) -> UInt32 { take(numbers: arrays * pointCount) }

  private mutating func take(numbers: Int) -> UInt32 {
    next += numbers
    return UInt32(next - numbers)
  }
}

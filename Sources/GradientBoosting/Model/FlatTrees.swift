// The trees of a model one behind the other, as the prediction kernels read them.

internal import CKernels

/// All trees of a model in a few arrays.
struct FlatTrees: Sendable {
  /// The features that some tree asks for, ascending: bins of others are not read.
  let features: [Int]
  /// The nodes and their values, tree by tree.
  let nodes: [mlk_node]
  let values: [Double]
  /// Where each tree's nodes start.
  let starts: [UInt32]
  /// The sets of each tree, an empty one first (see mlk_forest.h).
  private let sets: [BinSet]
  /// Where each tree's sets start.
  let setStarts: [UInt32]
  /// Whether each tree has splits by sets.
  private let hasSets: [Bool]
  private let hasAnySet: Bool
  /// The trees that divide rows step by step, in runs of neighbours, and the others between them.
  private let runs: [Run]
  private let steps: [mlk_leaf_step]
  /// Where each tree's steps and the values of its leaves start, of those that have steps; one more
  /// start of steps for the end of the last.
  private let stepStarts: [UInt32]
  private let leafStarts: [UInt32]
  private let leafValues: [Double]

  private struct Run {
    /// Indices of the trees.
    let trees: Range<Int>
    /// The first one's place among the trees with steps; nil where rows have to walk.
    let firstWithSteps: Int?
  }

  init(_ trees: [Tree]) {
    let walking = trees.map { $0.walkingNodes() }
    nodes = walking.flatMap { $0 }
    var asked = Set<UInt16>()
    for tree in trees {
      for (index, node) in tree.nodes.enumerated() where !tree.isLeaf(index) {
        asked.insert(node.feature)
      }
    }
    // A leaf reads the bin of feature 0, whatever it is.
    if !asked.isEmpty { asked.insert(0) }
    features = asked.map(Int.init).sorted()
    values = trees.flatMap(\.values)
    sets = trees.flatMap { [BinSet()] + $0.sets }
    hasSets = walking.map { $0.contains { $0.set != 0 } }
    hasAnySet = hasSets.contains(true)
    var runs: [Run] = []
    var steps: [mlk_leaf_step] = []
    var stepStarts: [UInt32] = [0]
    var leafStarts: [UInt32] = []
    var leafValues: [Double] = []
    for (index, tree) in trees.enumerated() {
      let own = LeafSteps(tree)
      if let last = runs.last, (last.firstWithSteps != nil) == (own != nil) {
        let trees = last.trees.lowerBound..<index + 1
        runs[runs.count - 1] = Run(trees: trees, firstWithSteps: last.firstWithSteps)
      } else {
        let place = own.map { _ in leafStarts.count }
        runs.append(Run(trees: index..<index + 1, firstWithSteps: place))
      }
      guard let own else { continue }
      steps += own.steps
      leafStarts.append(UInt32(leafValues.count))
      leafValues += own.leaves.map { tree.values[Int($0)] }
      stepStarts.append(UInt32(steps.count))
    }
    (self.runs, self.steps) = (runs, steps)
    (self.stepStarts, self.leafStarts, self.leafValues) = (stepStarts, leafStarts, leafValues)
    var starts: [UInt32] = []
    var setStarts: [UInt32] = []
    var (next, nextSet) = (0, 0)
    for tree in trees {
      starts.append(UInt32(next))
      setStarts.append(UInt32(nextSet))
      next += tree.nodes.count
      nextSet += tree.sets.count + 1
    }
    self.starts = starts
    self.setStarts = setStarts
  }

  /// The number of trees.
  var count: Int { starts.count }

  /// Whether some tree needs rows in groups.
  var needsGroups: Bool { runs.contains { $0.firstWithSteps == nil } }

  /// Adds what the trees say, in their order, to the scores of some rows.
  ///
  /// - Parameters:
  ///   - columns: the rows' bins, feature by feature, `columnBytes` from one to the next, a
  ///     multiple of `MLK_STEP_ROWS`.
  ///   - groups: the same bins in groups (see mlk_forest.h), `groupBytes` for each; not read unless
  ///     `needsGroups`.
  ///   - scores: one for each row of the groups, of which there are whole ones.
  func add(
    columns: UnsafePointer<UInt8>, columnBytes: Int, groups: UnsafePointer<UInt8>, groupBytes: Int,
    scores: UnsafeMutableBufferPointer<Double>
  ) {
    for run in runs {
      if let first = run.firstWithSteps {
        stepStarts.withUnsafeBufferPointer { stepStarts in
          leafStarts.withUnsafeBufferPointer { leafStarts in
            guard let stepStarts = stepStarts.baseAddress, let leafStarts = leafStarts.baseAddress
            else { return }
            mlk_step_add(
              steps, stepStarts + first, leafValues, leafStarts + first, run.trees.count, columns,
              columnBytes, scores.count, scores.baseAddress)
          }
        }
      } else {
        walk(run.trees, groups: groups, groupBytes: groupBytes, scores: scores)
      }
    }
  }

  private func walk(
    _ trees: Range<Int>, groups: UnsafePointer<UInt8>, groupBytes: Int,
    scores: UnsafeMutableBufferPointer<Double>
  ) {
    withSets { sets in
      nodes.withUnsafeBufferPointer { nodes in
        values.withUnsafeBufferPointer { values in
          guard let nodes = nodes.baseAddress, let values = values.baseAddress else { return }
          for tree in trees {
            let start = Int(starts[tree])
            mlk_tree_add(
              nodes + start, sets + Int(setStarts[tree]), hasSets[tree] ? 1 : 0, values + start,
              groups, groupBytes, scores.count / Int(MLK_GROUP_ROWS), scores.baseAddress)
          }
        }
      }
    }
  }

  /// The sum of `initial` and of what the trees say of one row, in their order.
  ///
  /// - Parameter bins: the row's bin of each feature.
  func score(initial: Double, bins: UnsafePointer<UInt8>) -> Double {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { leaves in
      withSets { sets in
        mlk_row_leaves(
          nodes, sets, hasAnySet ? 1 : 0, starts, setStarts, count, bins, leaves.baseAddress)
      }
      return leaves.reduce(initial) { $0 + values[Int($1)] }
    }
  }

  private typealias Words = (UInt64, UInt64, UInt64, UInt64)

  private func withSets<Result>(_ body: (UnsafePointer<Words>) -> Result) -> Result {
    sets.withUnsafeBytes { bytes in
      // There is one set for each tree at least; without trees nothing is read.
      withUnsafePointer(to: Words(0, 0, 0, 0)) { none in
        body(bytes.baseAddress?.assumingMemoryBound(to: Words.self) ?? none)
      }
    }
  }
}

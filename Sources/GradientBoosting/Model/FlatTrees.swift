// The trees of a model one behind the other, as the prediction kernels read them.

internal import CKernels

/// All trees of a model in a few arrays.
struct FlatTrees: Sendable {
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

  init(_ trees: [Tree]) {
    let walking = trees.map { $0.walkingNodes() }
    nodes = walking.flatMap { $0 }
    values = trees.flatMap(\.values)
    sets = trees.flatMap { [BinSet()] + $0.sets }
    hasSets = walking.map { $0.contains { $0.set != 0 } }
    hasAnySet = hasSets.contains(true)
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

  /// Adds what the trees say, in their order, to the scores of groups of rows.
  ///
  /// - Parameters:
  ///   - bins: the groups' bins (see mlk_forest.h), `groupBytes` for each group.
  ///   - scores: one for each row of the groups.
  func add(
    bins: UnsafePointer<UInt8>, groupBytes: Int, scores: UnsafeMutableBufferPointer<Double>
  ) {
    withSets { sets in
      nodes.withUnsafeBufferPointer { nodes in
        values.withUnsafeBufferPointer { values in
          for tree in starts.indices {
            let start = Int(starts[tree])
            mlk_tree_add(
              nodes.baseAddress.map { $0 + start }, sets + Int(setStarts[tree]),
              hasSets[tree] ? 1 : 0, values.baseAddress.map { $0 + start }, bins, groupBytes,
              scores.count / Int(MLK_GROUP_ROWS), scores.baseAddress)
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

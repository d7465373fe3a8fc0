// A tree as the steps and coefficients with which mlk_interactions_add computes Shapley interaction
// values.
//
// The interaction of the inputs i and j is the mean, over all sets of other known inputs, of how much
// more i changes the score where j is known. Half of it is the value in the cells (i, j) and (j, i)
// of a matrix whose rows add up to the Shapley values, as in shap (Lundberg et al., "From local
// explanations to global understanding with explainable AI for trees", 2020,
// doi:10.1038/s42256-019-0138-9; Fujimoto et al., "Axiomatic characterizations of probabilistic and
// cardinal-probabilistic interaction indices", 2006, doi:10.1016/j.geb.2005.03.002). With o, z and m
// as in ShapleyTree, sets of k of the m - 2 other inputs of a path have the weight
//   k! (m - 2 - k)! / (m - 1)! = integral of t^k (1 - t)^(m - 2 - k) over t from 0 to 1,
// so that the interaction is
//   leaf * (o_i - z_i) * (o_j - z_j) * integral of the product, over the other inputs, of
//   t o + (1 - t) z.
// The integrand has a degree of m - 2: sums over (m - 1) / 2 points are exact. The kernel divides the
// product over all inputs by f(o) = t o + (1 - t) z, with the ratios
//   (1 - z) / f(1) where the conditions are met, and -1 / (1 - t) where they are not.
// A node's partners are the other inputs that the nodes above ask about. What is below a node counts
// for its own input by the change of the ratio at the node, and for its partners by the ratios that
// they have at the node, so that every pair of a leaf's path is counted at the lower of its nodes.

internal import CKernels
internal import NumericCore

/// A tree prepared for its rows' interaction values.
struct InteractionTree: Sendable {
  private let steps: [mlk_interaction_step]
  private let partners: [mlk_interaction_partner]
  /// The coefficients of all steps, in the order in which the kernel reads them.
  private let coefficients: [Double]
  private let pointCount: Int
  private let depth: Int
  private let sets: [BinSet]

  /// How many numbers the kernel notes beside those of its rows.
  var scratchCount: Int { (depth + 1) * (4 * pointCount + 1) * Int(MLK_GROUP_ROWS) }

  /// Prepares a tree.
  ///
  /// - Parameters:
  ///   - inputOf: for each feature the input that it is made of.
  ///   - pairNumbers: the number of each pair that a path of the tree asks about.
  init(_ tree: Tree, inputOf: [Int], pairNumbers: [InputPair: Int]) {
    let shape = tree.pathShape(inputOf: inputOf)
    pointCount = max(1, shape.inputs / 2)
    depth = shape.depth + 1
    sets = tree.sets
    var writer = InteractionStepWriter(
      tree, inputOf: inputOf, points: ShapleyPoints(count: pointCount),
      pairNumbers: pairNumbers)
    // A tree of fewer inputs has no pairs.
    if shape.inputs > 1 { writer.write() }
    steps = writer.steps
    partners = writer.partners
    coefficients = writer.coefficients
  }

  /// Adds the values of groups of rows, which lie as `mlk_interactions_add` expects them.
  func add(
    bins: UnsafePointer<UInt8>, groupBytes: Int, groups: Int,
    scratch: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>, pairs: Int
  ) {
    // Without steps there are no coefficients, of which the kernel reads the first ones.
    guard !steps.isEmpty else { return }
    sets.withUnsafeBytes { sets in
      mlk_interactions_add(
        steps, steps.count, partners, coefficients, pointCount, depth,
        sets.baseAddress?.assumingMemoryBound(to: (UInt64, UInt64, UInt64, UInt64).self), bins,
        groupBytes, groups, scratch, values, pairs)
    }
  }
}

extension Tree {
  /// The pairs of inputs that a path asks about.
  ///
  /// - Parameter inputOf: for each feature the input that it is made of.
  func pairs(inputOf: [Int]) -> Set<InputPair> {
    var pairs: Set<InputPair> = []
    var path = TreePath(inputs: 1 + (inputOf.max() ?? 0))
    var open = [(node: 0, depth: 0)]
    while let (index, depth) = open.popLast() {
      path.leave(to: depth)
      guard !isLeaf(index) else { continue }
      let input = inputOf[Int(nodes[index].feature)]
      path.enter(input)
      for other in path.otherInputs(depth) { pairs.insert(InputPair(input, other.input)) }
      let left = Int(nodes[index].left)
      open += [(left, depth + 1), (left + 1, depth + 1)]
    }
    return pairs
  }
}

// The walk of a tree's nodes for interactions, step by step, with the coefficients of each step: see
// InteractionTree for what they are of, and mlk_interactions.h for how the kernel reads them.

internal import CKernels

/// Writes the steps of a tree.
struct InteractionStepWriter {
  private let tree: Tree
  private let nodes: [mlk_node]
  private let inputOf: [Int]
  private let points: ShapleyPoints
  private let pairNumbers: [InputPair: Int]
  private(set) var steps: [mlk_interaction_step] = []
  private(set) var partners: [mlk_interaction_partner] = []
  private(set) var coefficients: [Double] = []
  private var path: TreePath
  /// For each node of the path the share of its input's conditions at the child that the walk is in.
  private var shares: [Double] = []

  /// - Parameter pairNumbers: the number of each pair that a path asks about.
  init(
    _ tree: Tree, inputOf: [Int], points: ShapleyPoints, pairNumbers: [InputPair: Int]
  ) {
    self.pairNumbers = pairNumbers
    self.tree = tree
    nodes = tree.walkingNodes()
    self.inputOf = inputOf
    self.points = points
    path = TreePath(inputs: 1 + (inputOf.max() ?? 0))
    steps.reserveCapacity(3 * nodes.count)
    coefficients.reserveCapacity(nodes.count * (3 * points.points.count + 1))
  }

  /// Where the walk is at a node: before its first child, between its children, or behind them.
  private enum Visit {
    case begin, secondChild, end
  }

  /// Writes all steps.
  mutating func write() {
    guard !tree.isLeaf(0) else { return }
    coefficients += points.weights
    coefficients += points.complements.map { -1 / $0 }
    // A stack of its own: a tree may be as deep as it has leaves.
    var open = [(visit: Visit.begin, node: 0, depth: 0)]
    while let (visit, node, depth) = open.popLast() {
      path.leave(to: visit == .begin ? depth : depth + 1)
      if visit == .begin { path.enter(inputOf[Int(nodes[node].feature)]) }
      shares.removeLast(max(0, shares.count - depth))
      let left = Int(nodes[node].left)
      switch visit {
      case .begin:
        open.append((.secondChild, node, depth))
        if write(child: left, of: node, depth: depth) { open.append((.begin, left, depth + 1)) }
      case .secondChild:
        if !tree.isLeaf(left) { append(MLK_INTERACTION_UP, node, depth: depth) }
        open.append((.end, node, depth))
        if write(child: left + 1, of: node, depth: depth) {
          open.append((.begin, left + 1, depth + 1))
        }
      case .end:
        if !tree.isLeaf(left + 1) { append(MLK_INTERACTION_UP, node, depth: depth) }
        writeEnd(node, depth: depth)
      }
    }
  }

  /// Writes the step to a child and says whether it has children.
  private mutating func write(child: Int, of node: Int, depth: Int) -> Bool {
    let isLeaf = tree.isLeaf(child)
    let kind = isLeaf ? MLK_INTERACTION_LEAF : MLK_INTERACTION_DOWN
    append(kind, node, depth: depth, isSecond: child != Int(nodes[node].left))
    let ownShare = tree.share(child, of: node)
    let shareAbove = path.above(depth).map { shares[$0] } ?? 1
    let share = shareAbove * ownShare
    let value = isLeaf ? tree.values[child] : 1
    // Over the factor of the conditions above on the same input, which is 1 without any.
    let scales = zip(points.points, points.complements).map { value / ($0 + $1 * shareAbove) }
    let met = zip(points.points, points.complements).map { $0 + $1 * share }
    coefficients += zip(met, scales).map { $0 * $1 }
    coefficients += zip(points.complements, scales).map { $0 * share * $1 }
    coefficients += met.map { (1 - share) / $0 }
    coefficients.append(value * ownShare)
    if !isLeaf { shares.append(share) }
    return !isLeaf
  }

  private mutating func writeEnd(_ node: Int, depth: Int) {
    let input = inputOf[Int(nodes[node].feature)]
    let others = path.otherInputs(depth)
    append(MLK_INTERACTION_END, node, depth: depth, partners: others.count)
    partners += others.map { other in
      mlk_interaction_partner(
        pair: UInt32(pairNumbers[InputPair(input, other.input)] ?? 0),
        depth: UInt32(other.depth + 1))
    }
  }

  private mutating func append(
    _ kind: Int, _ node: Int, depth: Int, isSecond: Bool = false, partners: Int = 0
  ) {
    let condition = nodes[node]
    steps.append(
      mlk_interaction_step(
        feature: condition.feature, low: condition.low, width: condition.width,
        set: condition.set, kind: UInt8(kind), flip: isSecond ? 255 : 0,
        depth: UInt16(depth + 1), above: UInt16(path.above(depth).map { $0 + 1 } ?? 0),
        partners: UInt32(partners)))
  }
}

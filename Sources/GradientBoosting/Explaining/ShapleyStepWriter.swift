// The walk of a tree's nodes, step by step, with the coefficients of each step: see ShapleyTree for
// what they are of, and mlk_shapley.h for how the kernel reads them.

internal import CKernels

/// Writes the steps of a tree.
struct ShapleyStepWriter {
  private let tree: Tree
  private let nodes: [mlk_node]
  private let inputOf: [Int]
  private let points: ShapleyPoints
  private(set) var steps: [mlk_shapley_step] = []
  private(set) var coefficients: [Double] = []
  private var path: TreePath
  /// For each node of the path the share of its input's conditions at the child that the walk is in.
  private var shares: [Double] = []

  init(_ tree: Tree, inputOf: [Int], points: ShapleyPoints) {
    self.tree = tree
    nodes = tree.walkingNodes()
    self.inputOf = inputOf
    self.points = points
    path = TreePath(inputs: 1 + (inputOf.max() ?? 0))
    // Two steps or fewer for most nodes, each of up to six coefficients a point.
    steps.reserveCapacity(2 * nodes.count)
    coefficients.reserveCapacity(4 * nodes.count * (points.points.count + 1))
  }

  /// Where the walk is at a node.
  private enum Visit {
    case begin, secondChild, end
  }

  /// Writes all steps.
  mutating func write() {
    guard !tree.isLeaf(0) else { return }
    for index in points.points.indices {
      write(points.weights[index] / points.complements[index])
    }
    // A stack of its own: a tree may be as deep as it has leaves.
    var open = [(visit: Visit.begin, node: 0, depth: 0)]
    while let (visit, node, depth) = open.popLast() {
      path.leave(to: visit == .begin ? depth : depth + 1)
      if visit == .begin { path.enter(inputOf[Int(nodes[node].feature)]) }
      shares.removeLast(max(0, shares.count - depth))
      let split = split(node, depth: depth)
      switch visit {
      case .begin where split.first.isLeaf && split.second.isLeaf:
        append(MLK_SHAPLEY_LEAVES, split)
        writeLeaves(split)
      case .begin where split.first.isLeaf:
        append(MLK_SHAPLEY_LEAF_THEN_CHILD, split)
        writeLeafThenChild(split)
        shares.append(split.second.share)
        open += [(.end, node, depth), (.begin, split.second.node, depth + 1)]
      case .begin:
        append(MLK_SHAPLEY_FIRST_CHILD, split)
        writeFirstChild(split)
        shares.append(split.first.share)
        open += [(.secondChild, node, depth), (.begin, split.first.node, depth + 1)]
      case .secondChild:
        append(MLK_SHAPLEY_SECOND_CHILD, split)
        writeSecondChild(split)
        shares.append(split.second.share)
        open += [(.end, node, depth), (.begin, split.second.node, depth + 1)]
      case .end:
        append(MLK_SHAPLEY_END, split)
        writeEnd(split)
      }
    }
  }

  /// A child of a node.
  private struct Child {
    let node: Int
    let isLeaf: Bool
    let value: Double
    /// The share of the node's training rows that went to the child.
    let ownShare: Double
    /// The share that take the path's side at all nodes down to the child that ask about the
    /// input, multiplied.
    let share: Double
  }

  /// A node with its children in the order in which the walk visits them: a single leaf is first.
  private struct Split {
    let node: mlk_node
    let first: Child
    let second: Child
    let isFlipped: Bool
    let depth: Int
    /// The depth of the last node above that asks about the input, and the share there.
    let above: Int?
    let shareAbove: Double
  }

  private func split(_ index: Int, depth: Int) -> Split {
    let left = Int(nodes[index].left)
    let isFlipped = tree.isLeaf(left + 1) && !tree.isLeaf(left)
    let above = path.above(depth)
    let shareAbove = above.map { shares[$0] } ?? 1
    func child(_ child: Int) -> Child {
      let share = tree.share(child, of: index)
      return Child(
        node: child, isLeaf: tree.isLeaf(child), value: tree.values[child], ownShare: share,
        share: shareAbove * share)
    }
    return Split(
      node: nodes[index], first: child(isFlipped ? left + 1 : left),
      second: child(isFlipped ? left : left + 1), isFlipped: isFlipped, depth: depth, above: above,
      shareAbove: shareAbove)
  }

  private mutating func append(_ kind: Int, _ split: Split) {
    steps.append(
      mlk_shapley_step(
        feature: split.node.feature, low: split.node.low, width: split.node.width,
        set: split.node.set,
        kind: UInt8(split.above == nil ? kind : kind + Int(MLK_SHAPLEY_AGAIN)),
        flip: split.isFlipped ? 255 : 0, depth: UInt16(split.depth),
        above: UInt16(split.above ?? 0), input: UInt32(inputOf[Int(split.node.feature)])))
  }

  /// The factors of a path's product at a point, over those of the input's conditions above.
  private struct Factors {
    private let point: Double
    private let complement: Double
    /// What the conditions above count for an input where they are met; 0 without any.
    let gainAbove: Double
    private let scale: Double

    init(point: Double, complement: Double, _ split: Split) {
      self.point = point
      self.complement = complement
      scale = split.above == nil ? 1 : 1 / (point + complement * split.shareAbove)
      gainAbove = split.above == nil ? 0 : scale
    }

    /// The factor of a child whose conditions are met.
    func met(_ child: Child) -> Double { (point + complement * child.share) * scale }
    /// The factor of a child whose conditions are not met, but those above.
    func unmet(_ child: Child) -> Double { complement * child.share * scale }
    /// By how much meeting a child's conditions counts more than meeting those above.
    func gain(_ child: Child) -> Double { 1 / (point + complement * child.share) - gainAbove }
  }

  private mutating func write(_ one: Double) { coefficients.append(one) }

  /// Writes arrays of coefficients, one behind the other, with an element for each point.
  ///
  /// - Parameter body: writes the elements of a point, array by array.
  private mutating func writeArrays(
    _ count: Int, _ split: Split, _ body: (inout Elements, Factors) -> Void
  ) {
    let (start, pointCount) = (coefficients.count, points.points.count)
    coefficients.append(contentsOf: repeatElement(0, count: count * pointCount))
    coefficients.withUnsafeMutableBufferPointer { coefficients in
      for index in 0..<pointCount {
        var elements = Elements(
          coefficients: coefficients, place: start + index, pointCount: pointCount)
        body(
          &elements,
          Factors(point: points.points[index], complement: points.complements[index], split))
      }
    }
  }

  /// The elements of a point in several arrays.
  private struct Elements {
    let coefficients: UnsafeMutableBufferPointer<Double>
    var place: Int
    let pointCount: Int

    mutating func write(_ element: Double) {
      coefficients[place] = element
      place += pointCount
    }
  }

  private mutating func writeLeaves(_ split: Split) {
    let (first, second) = (split.first, split.second)
    let isAgain = split.above != nil
    writeArrays(isAgain ? 4 : 2, split) { elements, at in
      let (meetsFirst, missesFirst) = (first.value * at.met(first), first.value * at.unmet(first))
      let (meetsSecond, missesSecond) =
        (second.value * at.met(second), second.value * at.unmet(second))
      elements.write(meetsFirst + missesSecond)
      elements.write(missesFirst + meetsSecond)
      guard isAgain else { return }
      elements.write(meetsFirst * at.gain(first) - missesSecond * at.gainAbove)
      elements.write(meetsSecond * at.gain(second) - missesFirst * at.gainAbove)
    }
    if isAgain {
      write(first.value * first.ownShare + second.value * second.ownShare)
    } else {
      write(first.value)
      write(second.value)
    }
  }

  private mutating func writeLeafThenChild(_ split: Split) {
    let (leaf, child) = (split.first, split.second)
    let isAgain = split.above != nil
    writeArrays(isAgain ? 6 : 4, split) { elements, at in
      let (meets, misses) = (leaf.value * at.met(leaf), leaf.value * at.unmet(leaf))
      elements.write(meets)
      elements.write(misses)
      if isAgain {
        elements.write(meets * at.gain(leaf))
        elements.write(-misses * at.gainAbove)
      }
      elements.write(at.unmet(child))
      elements.write(at.met(child))
    }
    write(isAgain ? leaf.value * leaf.ownShare : leaf.value)
    if isAgain { write(child.ownShare) }
  }

  private mutating func writeFirstChild(_ split: Split) {
    writeArrays(2, split) { elements, at in
      elements.write(at.met(split.first))
      elements.write(at.unmet(split.first))
    }
    if split.above != nil { write(split.first.ownShare) }
  }

  private mutating func writeSecondChild(_ split: Split) {
    let isAgain = split.above != nil
    writeArrays(isAgain ? 4 : 3, split) { elements, at in
      elements.write(at.gain(split.first))
      if isAgain { elements.write(-at.gainAbove) }
      elements.write(at.unmet(split.second))
      elements.write(at.met(split.second))
    }
    if isAgain { write(split.second.ownShare) }
  }

  private mutating func writeEnd(_ split: Split) {
    let isAgain = split.above != nil
    writeArrays(isAgain ? 2 : 1, split) { elements, at in
      elements.write(at.gain(split.second))
      if isAgain { elements.write(-at.gainAbove) }
    }
  }
}

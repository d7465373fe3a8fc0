// A tree as the steps and coefficients with which mlk_shapley_add computes Shapley values.
//
// The values are path-dependent: an input that is unknown sends a row both ways, in proportion to
// the training rows (Lundberg et al., "From local explanations to global understanding with
// explainable AI for trees", 2020, doi:10.1038/s42256-019-0138-9). A leaf's path asks about m
// inputs. A row meets all conditions on an input (o = 1) or not (o = 0); z is the share of training
// rows that take the path's side, multiplied over the nodes that ask about the input. As
//   k! (m - 1 - k)! / m! = integral of t^k (1 - t)^(m - 1 - k) over t from 0 to 1,
// an input's value is (Owen, "Multilinear extensions of games", 1972, doi:10.1287/mnsc.18.5.64.2)
//   leaf * (o - z) * integral of the product, over the other inputs, of t o + (1 - t) z.
// The integrand has a degree of m - 1, so that sums over m / 2 points of Gauss and Legendre are
// exact. At a point the product over a path is passed down from node to node, and the sum over
// leaves up; no step divides by what may be small. With f(o) = t o + (1 - t) z,
//   (o - z) / f(o) = o / f(1) - 1 / (1 - t),
// so that a row pays for its side of a node and, at the first node that asks about an input, for the
// whole node.
//
// Several features may come of one input, a category and its target rate: they are known together,
// as in LightGBM, whose trees ask about the column.

internal import CKernels
internal import NumericCore

/// A tree prepared for its rows' Shapley values.
struct ShapleyTree: Sendable {
  /// The steps of the walk from node to node.
  let steps: [mlk_shapley_step]
  /// The coefficients of all steps, in the order in which the kernel reads them.
  let coefficients: [Double]
  let pointCount: Int
  private let depth: Int
  let sets: [BinSet]

  /// How many numbers the kernel notes beside those of its rows.
  var scratchCount: Int { (depth + 1) * (2 * pointCount + 1) * Int(MLK_GROUP_ROWS) }

  /// Prepares a tree.
  ///
  /// - Parameter inputOf: for each feature the input that it is made of.
  init(_ tree: Tree, inputOf: [Int]) {
    let shape = tree.pathShape(inputOf: inputOf)
    pointCount = Self.pointCount(inputs: shape.inputs)
    depth = shape.depth
    sets = tree.sets
    var writer = ShapleyStepWriter(
      tree, inputOf: inputOf, points: ShapleyPoints(count: pointCount))
    writer.write()
    steps = writer.steps
    coefficients = writer.coefficients
  }

  /// The points of the integral for paths that ask about so many inputs at most.
  private static func pointCount(inputs: Int) -> Int { max(1, (inputs + 1) / 2) }

  /// About how many bytes a tree takes when it is prepared: most nodes have two steps or fewer, and
  /// four coefficients for each point.
  static func bytes(of tree: Tree, inputOf: [Int]) -> Int {
    let points = pointCount(inputs: tree.pathShape(inputOf: inputOf).inputs)
    let perNode =
      2 * MemoryLayout<mlk_shapley_step>.stride + 4 * (points + 1) * MemoryLayout<Double>.stride
    return tree.nodes.count * perNode
  }

  /// Prepares some trees of a model.
  static func all(of model: BoostedTrees, trees: Range<Int>, pool: WorkerPool) -> [ShapleyTree] {
    let inputOf = model.features.map(\.input)
    var prepared = [ShapleyTree?](repeating: nil, count: trees.count)
    prepared.withUnsafeMutableBufferPointer { prepared in
      nonisolated(unsafe) let prepared = prepared
      pool.forEach(count: prepared.count) { index, _ in
        prepared[index] = ShapleyTree(model.trees[trees.lowerBound + index], inputOf: inputOf)
      }
    }
    return prepared.compactMap { $0 }
  }

  /// Adds the Shapley values of groups of rows, which lie as `mlk_shapley_add` expects them.
  func add(
    bins: UnsafePointer<UInt8>, groupBytes: Int, groups: Int,
    scratch: UnsafeMutablePointer<Double>, contributions: UnsafeMutablePointer<Double>, inputs: Int
  ) {
    // Without steps there are no coefficients, of which the kernel reads the first ones.
    guard !steps.isEmpty else { return }
    sets.withUnsafeBytes { sets in
      mlk_shapley_add(
        steps, steps.count, coefficients, pointCount, depth,
        sets.baseAddress?.assumingMemoryBound(to: (UInt64, UInt64, UInt64, UInt64).self), bins,
        groupBytes, groups, scratch, contributions, inputs)
    }
  }
}

extension Tree {
  /// The largest number of different inputs on a path to a leaf, and the depth of the deepest node
  /// with a split.
  func pathShape(inputOf: [Int]) -> (inputs: Int, depth: Int) {
    var shape = (inputs: 0, depth: 0)
    var path = TreePath(inputs: 1 + (inputOf.max() ?? 0))
    var open = [(node: 0, depth: 0)]
    while let (index, depth) = open.popLast() {
      path.leave(to: depth)
      guard !isLeaf(index) else { continue }
      path.enter(inputOf[Int(nodes[index].feature)])
      shape = (max(shape.inputs, path.inputCount), max(shape.depth, depth))
      let left = Int(nodes[index].left)
      open.append((left, depth + 1))
      open.append((left + 1, depth + 1))
    }
    return shape
  }

  /// The mean value of the leaves over the training rows.
  var meanValue: Double {
    var sum = 0.0
    var open = [(node: 0, share: 1.0)]
    while let (index, share) = open.popLast() {
      guard !isLeaf(index) else {
        sum += share * values[index]
        continue
      }
      let left = Int(nodes[index].left)
      for child in [left + 1, left] { open.append((child, share * self.share(child, of: index))) }
    }
    return sum
  }

  /// The share of a node's training rows that went to a child; 0 where there were none.
  func share(_ child: Int, of parent: Int) -> Double {
    counts[parent] > 0 ? Double(counts[child]) / Double(counts[parent]) : 0
  }
}

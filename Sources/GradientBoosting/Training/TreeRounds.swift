// The growing of one tree after the other on the same rows: samples of rows and features, the tree,
// and the leaves that rows end in.

internal import CKernels
internal import NumericCore
internal import Tables
internal import Texts

/// Grows the trees of one training.
struct TreeRounds<Loss: Objective> {
  let grower: TreeGrower
  let pass: GradientPass<Loss>
  let resolved: ResolvedBoostingConfiguration
  let random: CounterRandom
  let pool: WorkerPool

  /// Grows a tree on the scores as they are, and notes the leaf of every row that is learnt from.
  ///
  /// - Parameter draw: what the samples of rows and features depend on, different for each tree.
  func grow(draw: Int) -> Tree {
    let random = random.split(2).split(UInt64(draw))
    let bag =
      resolved.baggingFraction < 1
      ? RowSample(random: random.split(1), fraction: resolved.baggingFraction) : nil
    let subset = featureSubset(grower.shapes.count, random: random.split(2))
    let key = UInt32(truncatingIfNeeded: random.bits(at: 0))
    let tree = grow(bag: bag, featureSubset: subset, key: key)
    // A sample may lack what there is to split on.
    guard tree.leafCount == 1, bag != nil || subset != nil else { return tree }
    return grow(bag: nil, featureSubset: nil, key: key)
  }

  private func grow(bag: RowSample?, featureSubset: [Int]?, key: UInt32) -> Tree {
    let learningRate = resolved.learningRate
    let (count, sums, scale) = pass.fill(grower.entries.base(0), bag: bag, key: key)
    let grown = grower.grow(
      count: count, sums: sums, scale: scale, featureSubset: featureSubset)
    var tree = Tree(grown, learningRate: learningRate)
    findLeaves(of: tree, grown, hasOthers: bag != nil)
    switch pass.objective.leafRule {
    case .medianResidual:
      tree.setLeafValues(pass.leafMedians(nodeCount: tree.nodes.count, bag: bag)) { leaf, median in
        learningRate * grown.bounds(ofTreeNode: leaf).clip(median)
      }
    case .newton(let longestStep) where pass.isClipped:
      let step = LeafBounds(low: -longestStep, high: longestStep)
      tree.setLeafValues(pass.leafSums(nodeCount: tree.nodes.count, bag: bag)) { leaf, sums in
        let value = step.clip(grown.finder.leafValue(gradients: sums.x, hessians: sums.y))
        return learningRate * grown.bounds(ofTreeNode: leaf).clip(value)
      }
    case .newton: break
    }
    return tree
  }

  /// Notes the leaf of every row that is learnt from.
  ///
  /// - Parameter hasOthers: whether the tree was grown on some of them only.
  private func findLeaves(of tree: Tree, _ grown: GrownTree, hasOthers: Bool) {
    if hasOthers {
      let walk = TreeWalk(tree)
      if walk.isFast { return pass.findLeaves(walk, matrix: grower.matrix) }
      pass.findLeavesOfOthers(walk, matrix: grower.matrix)
    }
    grown.assignLeaves(pass.leafOf.base, entries: grower.entries, pool: pool)
  }

  /// Notes the leaves of rows by walking down the tree, for rows that it was not grown on.
  func findLeaves(_ tree: Tree, rows: Range<Int>) {
    let (walk, matrix, leafOf) = (TreeWalk(tree), grower.matrix, pass.leafOf)
    pool.forEachRange(count: rows.count, grain: 4_096) { range, _ in
      let own = rows.lowerBound + range.lowerBound..<rows.lowerBound + range.upperBound
      walk.findLeaves(rows: own, of: matrix, into: leafOf.base + own.lowerBound)
    }
  }

  /// The features that a tree may split on, or nil if it may use all.
  private func featureSubset(_ count: Int, random: CounterRandom) -> [Int]? {
    let kept = max(1, Int((Double(count) * resolved.featureFraction).rounded()))
    guard kept < count else { return nil }
    var generator = SeededGenerator(random)
    return Array(0..<count).shuffled(using: &generator).prefix(kept).sorted()
  }
}

extension TreeGrower {
  /// Prepares to grow trees on a binned table under a configuration.
  ///
  /// - Parameter capacity: how many rows of the matrix trees may be grown on, from the first on.
  convenience init(
    _ dataset: BinnedDataset, columns: [Column], capacity: Int,
    resolved: ResolvedBoostingConfiguration, pool: WorkerPool
  ) {
    let constraints = resolved.configuration.monotoneConstraints
    self.init(
      matrix: dataset.matrix,
      shapes: dataset.features.map {
        // Constraints are on numeric columns, which become features under their own names.
        let isConstrained = columns[$0.input].name == $0.name && !$0.isCategorical
        return BinnedFeatureShape(
          binCount: $0.binCount, isCategorical: $0.isCategorical,
          direction: isConstrained ? constraints[ByteText($0.name)] ?? 0 : 0)
      }, capacity: capacity, parameters: GrowingParameters(resolved), pool: pool)
  }
}

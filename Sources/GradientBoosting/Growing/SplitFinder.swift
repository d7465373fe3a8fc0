// The best split of a node from its histograms. Numbers are scanned by a vector kernel in single
// precision; the winner of each feature is judged again in double precision, so features compete
// on exact values.

internal import CKernels

/// Searches the histograms of a node for its best split.
struct SplitFinder: Sendable {
  let parameters: GrowingParameters
  let scale: GradientScale

  /// The part of the regularised loss, twice over and negated, that sums contribute.
  func score(_ sums: PackedSums, lambdaL2: Double) -> Double {
    let gradients = Double(sums.gradients) * scale.gradient
    let size = max(0, abs(gradients) - parameters.lambdaL1)
    return size * size / (Double(sums.hessians) * scale.hessian + lambdaL2)
  }

  /// The value of a leaf with these sums, before shrinkage.
  ///
  /// - Parameter lambdaL2: the penalty on squared values; nil for that of all leaves.
  func leafValue(_ sums: PackedSums, lambdaL2: Double? = nil) -> Double {
    leafValue(
      gradients: Double(sums.gradients) * scale.gradient,
      hessians: Double(sums.hessians) * scale.hessian, lambdaL2: lambdaL2)
  }

  /// The value of a leaf with these sums, before shrinkage; 0 where all its rows weigh 0.
  func leafValue(gradients: Double, hessians: Double, lambdaL2: Double? = nil) -> Double {
    let size = max(0, abs(gradients) - parameters.lambdaL1)
    guard size > 0 else { return 0 }
    let value = size / (hessians + (lambdaL2 ?? parameters.lambdaL2))
    return gradients > 0 ? -value : value
  }

  /// The hessian units that stand for a number of rows in a node, as LightGBM estimates counts.
  func hessianUnits(rows: Double, of sums: PackedSums, count: Int) -> Double {
    Double(sums.hessians) * rows / Double(max(1, count))
  }

  /// The least hessian units of a child that both limits on leaves allow.
  private func leastHessianUnits(of sums: PackedSums, count: Int) -> Double {
    let byRows = hessianUnits(rows: Double(parameters.minDataInLeaf), of: sums, count: count)
    return max(1, byRows, (parameters.minSumHessian / scale.hessian).rounded(.up))
  }

  /// Whether children within the limits are possible at all.
  func canSplit(_ sums: PackedSums, count: Int, depth: Int) -> Bool {
    depth < parameters.maxDepth && count >= 2 * parameters.minDataInLeaf
      && Double(sums.hessians) >= 2 * leastHessianUnits(of: sums, count: count)
  }

  /// Replaces `best` where a split of a feature is worth more.
  ///
  /// - Parameters:
  ///   - feature: the feature's index in the binned data.
  ///   - cells: the feature's histogram, bin 0 first.
  ///   - node: the node to be split.
  func improve(
    _ best: inout Split, feature: Int, shape: BinnedFeatureShape, cells: UnsafePointer<Int64>,
    node: GrowingNode
  ) {
    let (sums, count) = (node.sums, node.count)
    let least = leastHessianUnits(of: sums, count: count)
    guard 2 * least <= Double(sums.hessians) else { return }
    var split = Split()
    if shape.isCategorical {
      let search = CategoricalSplitSearch(
        finder: self, cells: UnsafeBufferPointer(start: cells, count: shape.binCount), sums: sums,
        count: count, bounds: node.bounds, least: least)
      split = search.best()
    } else if shape.direction != 0 || !node.bounds.isUnlimited {
      let search = ConstrainedSplitSearch(
        finder: self, cells: UnsafeBufferPointer(start: cells, count: shape.binCount), sums: sums,
        bounds: node.bounds, direction: shape.direction, least: least)
      split = search.best()
    } else {
      split = bestThreshold(cells: cells, binCount: shape.binCount, sums: sums, least: least)
    }
    guard split.gain > parameters.minGain, split.gain > best.gain else { return }
    split.feature = Int32(feature)
    best = split
  }

  private func bestThreshold(
    cells: UnsafePointer<Int64>, binCount: Int, sums: PackedSums, least: Double
  ) -> Split {
    var node = mlk_scan_node(
      total: sums.bits, lambda_l1: Float(parameters.lambdaL1 / scale.gradient),
      lambda_l2: Float(parameters.lambdaL2 / scale.hessian),
      least_hessian: Int32(min(Double(Int32.max), least.rounded(.up))))
    let found = mlk_split_scan(cells, Int32(binCount), &node)
    guard found.threshold > 0 else { return Split() }
    let threshold = Int(found.threshold)
    var split = Split()
    split.left = PackedSums(bits: found.left)
    split.gain = gain(left: split.left, of: sums, lambdaL2: parameters.lambdaL2)
    // A node without missing values sends those of later data where most of its rows go.
    let missingLeft =
      cells[0] == 0 ? 2 * split.left.hessians > sums.hessians : found.missing_left != 0
    split.low = missingLeft ? 0 : 1
    split.width = UInt8(missingLeft ? threshold : threshold - 1)
    return split
  }

  /// By how much dividing sums lowers the loss, the children's penalty being `lambdaL2`.
  func gain(left: PackedSums, of sums: PackedSums, lambdaL2: Double) -> Double {
    score(left, lambdaL2: lambdaL2) + score(sums - left, lambdaL2: lambdaL2)
      - score(sums, lambdaL2: parameters.lambdaL2)
  }
}

/// What split search needs to know of a feature.
struct BinnedFeatureShape: Sendable {
  /// The number of bins, bin 0 included.
  let binCount: Int
  /// Whether splits are sets of bins rather than thresholds.
  let isCategorical: Bool
  /// How predictions may change along the feature: 1 up, -1 down, 0 any way.
  var direction = 0
}

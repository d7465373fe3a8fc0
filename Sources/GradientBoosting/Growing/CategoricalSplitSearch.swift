// Splits of categories into two groups. Few categories: each against the rest. Many: sorted by
// their mean gradient, after which only cuts of that order need to be tried (Fisher, "On grouping
// for maximum homogeneity", 1958, doi:10.1080/01621459.1958.10501479), with LightGBM's guards
// against overfitting (unlike there, `cat_l2` counts in choosing a split but not in the values of
// its leaves). Missing values count as one more category.

/// The search for the best grouping of one feature's categories in one node.
struct CategoricalSplitSearch {
  let finder: SplitFinder
  let cells: UnsafeBufferPointer<Int64>
  let sums: PackedSums
  let count: Int
  /// What the children's values may be.
  ///
  /// The order of categories does not depend on it, what a grouping is worth does.
  let bounds: LeafBounds
  /// The least hessian units of a child.
  let least: Double

  private var parameters: GrowingParameters { finder.parameters }

  /// Returns the best split, or one without gain if none is allowed.
  func best() -> Split {
    cells.count - 1 <= parameters.maxCatToOnehot ? oneAgainstRest() : ordered()
  }

  private func oneAgainstRest() -> Split {
    var best = Split()
    // Bin 0 is no category unless values are missing in this node.
    for bin in cells.indices where cells[bin] != 0 {
      consider(
        PackedSums(bits: cells[bin]), bins: CollectionOfOne(bin), lambdaL2: parameters.lambdaL2,
        &best)
    }
    return best
  }

  private func ordered() -> Split {
    let smooth = parameters.catSmooth
    // Categories of too few rows to be judged stay with whatever is not chosen.
    let enough = finder.hessianUnits(
      rows: smooth.rounded(.up), of: sums, count: count)
    let ranked = cells.indices.filter {
      cells[$0] != 0 && Double(PackedSums(bits: cells[$0]).hessians) >= enough
    }
    .map { bin -> (bin: Int, mean: Double) in
      let cell = PackedSums(bits: cells[bin])
      let gradient = Double(cell.gradients) * finder.scale.gradient
      return (bin, gradient / (Double(cell.hessians) * finder.scale.hessian + smooth))
    }
    .sorted { ($0.mean, $0.bin) < ($1.mean, $1.bin) }
    .map(\.bin)
    guard ranked.count > 1 else { return Split() }
    let longest = min(parameters.maxCatThreshold, (ranked.count + 1) / 2)
    let group = finder.hessianUnits(
      rows: Double(parameters.minDataPerGroup), of: sums, count: count)
    let lambdaL2 = parameters.lambdaL2 + parameters.catL2
    var best = Split()
    for direction in [ranked, ranked.reversed()] {
      var left = PackedSums(bits: 0)
      var inGroup = 0.0
      for (index, bin) in direction.prefix(longest).enumerated() {
        left.bits &+= cells[bin]
        inGroup += Double(PackedSums(bits: cells[bin]).hessians)
        if inGroup < group { continue }
        if Double((sums - left).hessians) < group { break }
        if consider(left, bins: direction[...index], lambdaL2: lambdaL2, &best) { inGroup = 0 }
      }
    }
    return best
  }

  /// Takes a grouping if its children are large enough and it is worth more than the best one.
  ///
  /// - Returns: whether the children are large enough.
  @discardableResult
  private func consider(
    _ left: PackedSums, bins: some Sequence<Int>, lambdaL2: Double, _ best: inout Split
  ) -> Bool {
    let right = sums - left
    guard Double(left.hessians) >= least, Double(right.hessians) >= least else { return false }
    let gain =
      bounds.isUnlimited
      ? finder.gain(left: left, of: sums, lambdaL2: lambdaL2)
      : finder.gain(left: left, of: sums, lambdaL2: lambdaL2, bounds: bounds)
    if gain > best.gain {
      best.gain = gain
      best.left = left
      best.isSet = true
      best.set = BinSet()
      for bin in bins { best.set.insert(bin) }
      // Without missing values here, those of later data go where most rows go.
      if cells[0] == 0 && 2 * left.hessians > sums.hessians { best.set.insert(0) }
    }
    return true
  }
}

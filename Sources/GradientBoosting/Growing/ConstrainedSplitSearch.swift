// Splits where monotone constraints have a say. Values may be clipped to bounds here, so gains are
// those of the values that leaves would really have; one threshold after the other is tried in
// double precision. Features and nodes that no constraint touches never come here.

/// The search for the best threshold of one numeric feature whose children's values are limited.
struct ConstrainedSplitSearch {
  let finder: SplitFinder
  /// The feature's histogram, bin 0 first.
  let cells: UnsafeBufferPointer<Int64>
  let sums: PackedSums
  let bounds: LeafBounds
  /// How values may change along the feature: 1 up, -1 down, 0 any way.
  let direction: Int
  /// The least hessian units of a child.
  let least: Double

  /// Returns the best split, or one without gain if none is allowed.
  ///
  /// Of equal gains those with missing values to the right come first, then the smallest threshold.
  func best() -> Split {
    var best = Split()
    consider(missingLeft: false, &best)
    if cells[0] != 0 { consider(missingLeft: true, &best) }
    return best
  }

  private func consider(missingLeft: Bool, _ best: inout Split) {
    let lambdaL2 = finder.parameters.lambdaL2
    let undivided = finder.score(
      sums, value: finder.leafValue(sums, bounds: bounds), lambdaL2: lambdaL2)
    var left = PackedSums(bits: missingLeft ? cells[0] : 0)
    for threshold in 1..<cells.count {
      left.bits &+= cells[threshold]
      let right = sums - left
      if Double(left.hessians) < least { continue }
      if Double(right.hessians) < least { break }
      let leftValue = finder.leafValue(left, bounds: bounds)
      let rightValue = finder.leafValue(right, bounds: bounds)
      guard isAllowed(leftValue, rightValue) else { continue }
      let gain =
        finder.score(left, value: leftValue, lambdaL2: lambdaL2)
        + finder.score(right, value: rightValue, lambdaL2: lambdaL2) - undivided
      guard gain > best.gain else { continue }
      best.gain = gain
      best.left = left
      // A node without missing values sends those of later data where most of its rows go.
      let takesMissing = cells[0] == 0 ? 2 * left.hessians > sums.hessians : missingLeft
      best.low = takesMissing ? 0 : 1
      best.width = UInt8(takesMissing ? threshold : threshold - 1)
    }
  }

  /// Whether the children's values are in the order that the feature demands.
  ///
  /// Equal ones gain nothing, whatever rounding says.
  private func isAllowed(_ left: Double, _ right: Double) -> Bool {
    direction == 0 ? left != right : direction > 0 ? left < right : left > right
  }
}

extension SplitFinder {
  /// The value of a leaf with these sums, before shrinkage, as far as bounds allow it.
  func leafValue(_ sums: PackedSums, bounds: LeafBounds) -> Double {
    bounds.clip(leafValue(sums))
  }

  /// The part of the regularised loss, twice over and negated, that sums contribute with a value;
  /// with the best value what `score(_:lambdaL2:)` says.
  func score(_ sums: PackedSums, value: Double, lambdaL2: Double) -> Double {
    let gradients = Double(sums.gradients) * scale.gradient
    let curvature = Double(sums.hessians) * scale.hessian + lambdaL2
    return -(2 * gradients + curvature * value) * value - 2 * parameters.lambdaL1 * abs(value)
  }

  /// By how much dividing sums lowers the loss where values are limited.
  ///
  /// The children's penalty being `lambdaL2`, their values are the best that it allows.
  func gain(
    left: PackedSums, of sums: PackedSums, lambdaL2: Double, bounds: LeafBounds
  ) -> Double {
    let right = sums - left
    let leftValue = bounds.clip(leafValue(left, lambdaL2: lambdaL2))
    let rightValue = bounds.clip(leafValue(right, lambdaL2: lambdaL2))
    guard leftValue != rightValue else { return 0 }
    return score(left, value: leftValue, lambdaL2: lambdaL2)
      + score(right, value: rightValue, lambdaL2: lambdaL2)
      - score(sums, value: leafValue(sums, bounds: bounds), lambdaL2: parameters.lambdaL2)
  }

  /// The bounds of a node's children.
  ///
  /// - Parameter direction: how values may change along the feature that the node is split on.
  func childBounds(
    of node: GrowingNode, direction: Int
  ) -> (left: LeafBounds, right: LeafBounds) {
    guard direction != 0 else { return (node.bounds, node.bounds) }
    return node.bounds.divided(
      direction: direction, left: leafValue(node.split.left, bounds: node.bounds),
      right: leafValue(node.sums - node.split.left, bounds: node.bounds))
  }
}

// What monotone constraints demand of the values below a node: LightGBM's "basic" method. A split
// on a constrained feature draws a line between its children's values that nothing below crosses,
// so the order that the split has set holds for the whole tree.

/// The least and the largest value that leaves below a node may have, before shrinkage.
struct LeafBounds: Sendable, Equatable {
  var low = -Double.infinity
  var high = Double.infinity

  /// Whether any value is allowed.
  var isUnlimited: Bool { low == -.infinity && high == .infinity }

  /// The nearest value that is allowed.
  func clip(_ value: Double) -> Double { min(max(value, low), high) }

  /// The bounds of the children of a split.
  ///
  /// - Parameters:
  ///   - direction: how values may change along the feature: 1 up, -1 down, 0 any way.
  ///   - left: the left child's value as a leaf; in the right order beside `right`.
  ///   - right: the right child's value.
  func divided(direction: Int, left: Double, right: Double) -> (left: LeafBounds, right: LeafBounds)
  {
    guard direction != 0 else { return (self, self) }
    let middle = left + (right - left) / 2
    let (below, above) = (LeafBounds(low: low, high: middle), LeafBounds(low: middle, high: high))
    return direction > 0 ? (below, above) : (above, below)
  }
}

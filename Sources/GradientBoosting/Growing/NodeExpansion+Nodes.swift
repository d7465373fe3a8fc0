// A node before and after it is divided.

extension NodeExpansion {
  /// A node that is about to be divided, with the memory it is given.
  ///
  /// Each expansion is worked on by one thread, or by several that share out rows or features.
  struct Expansion: @unchecked Sendable {
    let index: Int
    var node: GrowingNode
    /// The parent's cells, which become the cells of the child that is not built.
    let parentCells: UnsafeMutablePointer<Int64>
    /// The index and cells of the histogram for the child that is built.
    let built: Int
    let builtCells: UnsafeMutablePointer<Int64>
  }

  /// The two children of a divided node.
  struct Children: Sendable {
    var left: GrowingNode
    var right: GrowingNode

    /// Notes which histogram is whose.
    mutating func assignHistograms(built: Int, other: Int, buildsLeft: Bool) {
      left.histogram = buildsLeft ? built : other
      right.histogram = buildsLeft ? other : built
    }
  }
}

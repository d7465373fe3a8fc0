// A node before and after its rows are divided.

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

  /// A node whose rows have been divided.
  struct Division: Sendable {
    let expansion: Expansion
    let left: GrowingNode
    let right: GrowingNode
    /// Whether the children could be split further.
    let opensLeft: Bool
    let opensRight: Bool
    /// Whether the left child's histogram is built and the right one's got by subtraction.
    let buildsLeft: Bool
    /// Whether the child's rows have been counted already, in the workers' shares.
    let isCounted: Bool

    var leftHistogram: Int { buildsLeft ? expansion.built : expansion.node.histogram }
    var rightHistogram: Int { buildsLeft ? expansion.node.histogram : expansion.built }
  }

  /// The best splits of two children.
  struct SplitPair: Sendable {
    var left = Split()
    var right = Split()
  }
}

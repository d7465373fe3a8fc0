// A node of the tree that is being grown, and which entries are its rows.

/// A node while its tree grows.
struct GrowingNode: Sendable {
  /// The node's rows are `entries[start ..< start + count]` of buffer `buffer`.
  var start: Int
  var count: Int
  /// Which of the two entry buffers holds the rows: 0 or 1.
  var buffer: Int
  /// Whether the entries count rows of the packed copy rather than of the matrix.
  var isPacked = false
  /// The splits between the root and the node.
  var depth: Int
  /// The sums over the node's rows.
  var sums: PackedSums
  /// What monotone constraints allow the values of leaves to be.
  var bounds = LeafBounds()
  /// The index of the node's histogram while one is kept, or -1.
  var histogram = -1
  /// The best split of the node, if one is allowed.
  var split = Split()
  /// The index of the left child once the node has been divided, else -1; the right one follows.
  var left = -1
  /// The index of the parent, or -1 for the root.
  var parent = -1
  /// Whether strict best-first order has split the node: it is an inner node of the tree.
  var isAccepted = false
}

// Rows of a node side by side. Once a node is small enough for the second-level cache, its rows are
// copied together once; all nodes below it then read from that cache instead of from all over the
// matrix, which is what growing large tables waits for most.

internal import CKernels
internal import NumericCore

/// The packed copies of the nodes of one tree; a node's copy lies where its entries lie.
struct RowPacking: @unchecked Sendable {
  /// Nodes of at most so many rows are packed.
  static let mostRows = 8_192
  /// Matrices of fewer rows are near enough as they are.
  private static let leastMatrixRows = 4 * mostRows

  private let storage: AlignedBuffer<UInt8>
  /// The longest row that there is room for.
  let stride: Int

  /// Allocates room for rows of `stride` bytes, or returns nil if packing would not pay.
  init?(capacity: Int, stride: Int) {
    guard capacity >= Self.leastMatrixRows else { return nil }
    self.stride = stride
    storage = AlignedBuffer(count: capacity * stride)
  }

  /// The packed rows.
  var bins: UnsafeMutablePointer<UInt8> { storage.base }

  /// Copies the rows of a node together and lets its entries count them.
  func pack(_ node: inout GrowingNode, view: FeatureView, entries: EntryBuffers) {
    guard !node.isPacked, node.count <= Self.mostRows else { return }
    mlk_gather_rows(
      view.bins, view.stride, entries.base(node.buffer) + node.start, node.count,
      UInt32(node.start), storage.base, entries.packedRows.base)
    node.isPacked = true
  }
}

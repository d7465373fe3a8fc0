// The rows of every node, as packed entries, in two buffers: a node's rows lie in one of them, and
// dividing the node writes them into the same range of the other.

internal import CKernels
internal import NumericCore
internal import Synchronization

/// Two buffers of row entries (see mlk_histogram.h for what an entry packs).
struct EntryBuffers: Sendable {
  private let first: AlignedBuffer<UInt64>
  private let second: AlignedBuffer<UInt64>
  /// The matrix's row of each row of the packed copy; see `RowPacking`.
  let packedRows: AlignedBuffer<UInt32>

  init(capacity: Int) {
    first = AlignedBuffer(count: capacity)
    second = AlignedBuffer(count: capacity)
    packedRows = AlignedBuffer(count: capacity)
  }

  /// The start of a buffer: 0 or 1.
  func base(_ buffer: Int) -> UnsafeMutablePointer<UInt64> {
    buffer == 0 ? first.base : second.base
  }

  /// The rows of a node.
  func entries(of node: GrowingNode) -> UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(start: base(node.buffer) + node.start, count: node.count)
  }

  /// Divides the entries of a node into the other buffer, left ones first.
  ///
  /// - Returns: how many went left.
  func partition(_ node: GrowingNode, by split: Split, column: BinColumn) -> Int {
    let target = base(1 - node.buffer) + node.start
    return split.partition(
      entries(of: node), column: column, left: target, rightEnd: target + node.count)
  }
}

/// The bins of one feature, or the bytes of several: row `r` has `base[r * stride]`.
struct BinColumn {
  let base: UnsafePointer<UInt8>
  let stride: Int
  /// Whether the bins fit a near cache.
  let isNear: Bool
}

extension Split {
  /// Divides entries: left ones upwards from `left`, right ones downwards from `rightEnd`.
  ///
  /// - Returns: how many went left.
  func partition(
    _ entries: UnsafeBufferPointer<UInt64>, column: BinColumn,
    left: UnsafeMutablePointer<UInt64>, rightEnd: UnsafeMutablePointer<UInt64>
  ) -> Int {
    if isSet {
      return withUnsafeBytes(of: set.words) { mask in
        mlk_partition_set(
          column.base, column.stride, column.isNear ? 1 : 0,
          mask.assumingMemoryBound(to: UInt64.self).baseAddress, entries.baseAddress,
          entries.count, left, rightEnd)
      }
    }
    return mlk_partition_interval(
      column.base, column.stride, column.isNear ? 1 : 0, low, width, entries.baseAddress,
      entries.count, left, rightEnd)
  }
}

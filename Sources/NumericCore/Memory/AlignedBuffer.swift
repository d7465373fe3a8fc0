// Long-lived storage for kernels: aligned to cache lines, and backed by huge pages where it is
// large, because misses of the address cache are what random row access costs most.

internal import Glibc

/// A fixed-size block of memory whose start is aligned to at least 64 bytes.
///
/// Several threads may write disjoint parts of it at once; that they are disjoint is the duty of
/// the code that hands out the parts.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first element.
  public let base: UnsafeMutablePointer<Element>
  /// The number of elements.
  public let count: Int

  /// Allocates memory for `count` elements.
  ///
  /// - Parameter isCleared: whether all bits are zero; else the memory must be written before it is
  ///   read, and the threads that write it touch it first.
  public init(count: Int, isCleared: Bool = true) {
    precondition(count >= 0, "a buffer of \(count) elements")
    self.count = count
    let hugePage = 2 << 20
    let bytes = max(64, count * MemoryLayout<Element>.stride)
    let alignment = bytes >= 2 * hugePage ? hugePage : 64
    let size = (bytes + alignment - 1) / alignment * alignment
    guard let raw = aligned_alloc(alignment, size) else {
      fatalError("out of memory: \(size) bytes could not be allocated")
    }
    // Only a hint: without huge pages everything works, more slowly.
    if alignment == hugePage { _ = madvise(raw, size, MADV_HUGEPAGE) }
    if isCleared { memset(raw, 0, size) }
    base = raw.bindMemory(to: Element.self, capacity: max(1, count))
  }

  deinit { free(base) }

  /// The whole block.
  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }
}

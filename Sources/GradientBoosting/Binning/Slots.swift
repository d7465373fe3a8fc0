// Results of a parallel loop: one slot for each index, written by whichever thread runs it.

/// An array whose elements several threads may set at once, each its own.
final class Slots<Element: Sendable>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Element>

  /// Creates slots that all hold one value.
  init(count: Int, repeating value: Element) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: value)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  /// The value of a slot; no two threads may use one slot at the same time.
  subscript(index: Int) -> Element {
    get { storage[index] }
    set { storage[index] = newValue }
  }

  /// All values, in order.
  var values: [Element] { Array(storage) }
}

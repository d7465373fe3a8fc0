// The histograms of the open nodes, all features of a node in one piece of memory, reused as
// nodes close.

internal import NumericCore

/// Memory for histograms, handed out by index.
struct HistogramStore {
  private let cellCount: Int
  private var buffers: [AlignedBuffer<Int64>] = []
  private var free: [Int] = []

  init(cellCount: Int) { self.cellCount = cellCount }

  /// Takes an unused histogram, whose content is arbitrary.
  mutating func take() -> Int {
    if let index = free.popLast() { return index }
    buffers.append(AlignedBuffer(count: cellCount))
    return buffers.count - 1
  }

  /// Gives a histogram back.
  mutating func giveBack(_ index: Int) { free.append(index) }

  /// Gives all histograms back.
  mutating func giveBackAll() { free = Array(buffers.indices.reversed()) }

  /// The cells of a histogram.
  func cells(_ index: Int) -> UnsafeMutablePointer<Int64> { buffers[index].base }
}

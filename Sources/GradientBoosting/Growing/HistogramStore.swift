// The histograms of the open nodes, all features of a node in one piece of memory, reused as
// nodes close.

internal import CKernels
internal import NumericCore

/// Where each feature's cells lie in a node's histogram.
struct HistogramLayout: Sendable {
  /// For each feature the index of its cell for bin 0, and last the number of cells.
  let offsets: [UInt32]

  init(features: [BinnedFeatureShape]) {
    var offsets: [UInt32] = [0]
    var next: UInt32 = 0
    for feature in features {
      next += UInt32(feature.binCount)
      offsets.append(next)
    }
    self.offsets = offsets
  }

  var cellCount: Int { Int(offsets[offsets.count - 1]) }

  /// The cells of some features.
  func cells(of features: Range<Int>) -> Range<Int> {
    Int(offsets[features.lowerBound])..<Int(offsets[features.upperBound])
  }

  /// Adds entries to the histograms of all features.
  func add(
    _ entries: UnsafeBufferPointer<UInt64>, of matrix: BinnedMatrix,
    to cells: UnsafeMutablePointer<Int64>
  ) {
    // Wide rows are read a cache line at a time, so that the cells in use stay near.
    let features = offsets.count - 1
    for start in stride(from: 0, to: features, by: 64) {
      offsets.withUnsafeBufferPointer { offsets in
        mlk_histogram_add(
          matrix.rowMajor.base + start, matrix.stride, offsets.baseAddress.map { $0 + start },
          min(64, features - start), entries.baseAddress, entries.count, cells)
      }
    }
  }
}

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
  mutating func giveBack(_ index: Int) {
    if index >= 0 { free.append(index) }
  }

  /// Gives all histograms back.
  mutating func giveBackAll() { free = Array(buffers.indices.reversed()) }

  /// The cells of a histogram.
  func cells(_ index: Int) -> UnsafeMutablePointer<Int64> { buffers[index].base }
}

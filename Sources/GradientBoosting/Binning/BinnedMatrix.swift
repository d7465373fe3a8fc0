// The training data as the kernels read it: one byte per row and feature, twice.

internal import CKernels
internal import NumericCore

/// Bins of rows and features, row by row for histograms and column by column for partitioning.
struct BinnedMatrix: Sendable {
  let rowCount: Int
  let featureCount: Int
  /// Bytes from row to row; rows do not straddle cache lines where they can avoid it.
  let stride: Int
  /// `bins[row * stride + feature]`.
  let rowMajor: AlignedBuffer<UInt8>
  /// `bins[feature * rowCount + row]`.
  let columnMajor: AlignedBuffer<UInt8>

  /// Allocates a matrix.
  ///
  /// Every bin of `columnMajor` has to be written, then `transpose` called.
  init(rowCount: Int, featureCount: Int) {
    self.rowCount = rowCount
    self.featureCount = featureCount
    stride = Self.stride(featureCount: featureCount)
    // The threads that fill a large matrix take its pages from the system too.
    rowMajor = AlignedBuffer(count: rowCount * stride, isCleared: false)
    columnMajor = AlignedBuffer(count: rowCount * featureCount, isCleared: false)
  }

  /// The bytes that a row takes: the least power of two from 8 to 64, else a multiple of 64.
  static func stride(featureCount: Int) -> Int {
    for stride in [8, 16, 32] where featureCount <= stride { return stride }
    return (featureCount + 63) / 64 * 64
  }

  /// The bins of one feature, one for each row.
  func column(_ feature: Int) -> UnsafeMutablePointer<UInt8> {
    columnMajor.base + feature * rowCount
  }

  /// Fills `rowMajor` from `columnMajor`.
  func transpose(pool: WorkerPool) {
    pool.forEachRange(count: rowCount, grain: 2_048) { rows, _ in
      let columns: [UnsafePointer<UInt8>?] = (0..<featureCount).map {
        UnsafePointer(column($0) + rows.lowerBound)
      }
      let target = rowMajor.base + rows.lowerBound * stride
      // What lies between a row's end and the next row is copied with the row.
      target.initialize(repeating: 0, count: rows.count * stride)
      mlk_interleave(columns, featureCount, rows.count, target, stride)
    }
  }
}

// A node's histograms: a fixed number of cells for each feature, of which its bins are used.

internal import CKernels

/// The shape of a node's histograms.
struct HistogramLayout: Sendable {
  /// Cells from the first of one feature to the first of the next.
  static let featureStride = Int(MLK_FEATURE_CELLS)
  /// Features whose rows are read together, so that a pass needs one cache line of each row.
  private static let passFeatures = 64

  /// The number of bins of each feature.
  let binCounts: [Int]

  /// The cells of all features.
  var cellCount: Int { binCounts.count * Self.featureStride }

  /// All features.
  var features: Range<Int> { binCounts.indices }

  /// Adds entries to the histograms of some features.
  ///
  /// - Parameters:
  ///   - bins: the features' bins, row by row.
  ///   - stride: bytes from row to row.
  func add(
    _ entries: UnsafeBufferPointer<UInt64>, features: Range<Int>, bins: UnsafePointer<UInt8>,
    stride rowStride: Int, to cells: UnsafeMutablePointer<Int64>
  ) {
    for start in stride(from: features.lowerBound, to: features.upperBound, by: Self.passFeatures) {
      mlk_histogram_add(
        bins + start, rowStride, min(Self.passFeatures, features.upperBound - start),
        entries.baseAddress, entries.count, cells + start * Self.featureStride)
    }
  }

  /// Sets the cells of some features to zero.
  func clear(_ cells: UnsafeMutablePointer<Int64>, features: Range<Int>) {
    for feature in features {
      (cells + feature * Self.featureStride).update(repeating: 0, count: binCounts[feature])
    }
  }

  /// Subtracts one child's cells from the parent's, which gives the other child's.
  func subtract(
    _ child: UnsafeMutablePointer<Int64>, from parent: UnsafeMutablePointer<Int64>,
    features: Range<Int>
  ) {
    for feature in features {
      let start = feature * Self.featureStride
      mlk_histogram_subtract(parent + start, child + start, binCounts[feature])
    }
  }

  /// Adds what one thread has counted to what others have.
  func merge(
    _ share: UnsafeMutablePointer<Int64>, into cells: UnsafeMutablePointer<Int64>,
    features: Range<Int>
  ) {
    for feature in features {
      let start = feature * Self.featureStride
      mlk_histogram_merge(cells + start, share + start, binCounts[feature])
    }
  }
}

// The features that one tree may split on, with their bins side by side in row-major order.

internal import NumericCore

/// The binned matrix as one tree sees it.
///
/// A tree that may use only some features gets a copy of their bins, row by row, so that
/// histograms cost nothing for the others.
struct FeatureView {
  /// For each feature of the view its index in the matrix.
  let features: [Int]
  let shapes: [BinnedFeatureShape]
  let layout: HistogramLayout
  /// `bins[row * stride + feature of the view]`.
  let bins: UnsafeMutablePointer<UInt8>
  let stride: Int
  /// Keeps the memory of `bins` alive.
  private let storage: AlignedBuffer<UInt8>

  /// A view of all features.
  init(_ matrix: BinnedMatrix, shapes: [BinnedFeatureShape]) {
    self.init(
      features: Array(shapes.indices), shapes: shapes, storage: matrix.rowMajor,
      stride: matrix.stride)
  }

  /// A view of some features of the first rows, copied into `storage`, which has room for them.
  init(
    _ matrix: BinnedMatrix, rows: Int, shapes: [BinnedFeatureShape], features: [Int],
    copiedTo storage: AlignedBuffer<UInt8>, pool: WorkerPool
  ) {
    let stride = BinnedMatrix.stride(featureCount: features.count)
    self.init(
      features: features, shapes: features.map { shapes[$0] }, storage: storage, stride: stride)
    matrix.copyRows(rows, of: features, to: storage.base, stride: stride, pool: pool)
  }

  private init(
    features: [Int], shapes: [BinnedFeatureShape], storage: AlignedBuffer<UInt8>, stride: Int
  ) {
    self.features = features
    self.shapes = shapes
    self.storage = storage
    self.stride = stride
    bins = storage.base
    layout = HistogramLayout(binCounts: shapes.map(\.binCount))
  }

  /// The index in the view of a feature of the matrix.
  ///
  /// - Precondition: the view has the feature.
  func position(of feature: Int) -> Int {
    guard let position = features.firstIndex(of: feature) else {
      preconditionFailure("feature \(feature) is not in the view")
    }
    return position
  }

  /// Adds entries to the histograms of features of the view.
  ///
  /// - Parameters:
  ///   - features: the features in question; nil for all.
  ///   - packed: the packed copy, if the entries count its rows.
  func add(
    _ entries: UnsafeBufferPointer<UInt64>, features: Range<Int>? = nil,
    packed: UnsafeMutablePointer<UInt8>? = nil, to cells: UnsafeMutablePointer<Int64>
  ) {
    layout.add(
      entries, features: features ?? layout.features, bins: packed ?? bins, stride: stride,
      to: cells)
  }
}

// The pointer is into `storage`, which lives as long as the view; bins are only read.
extension FeatureView: @unchecked Sendable {}

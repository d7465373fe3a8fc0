// The features that one tree may split on, with their bins side by side in row-major order.

internal import CKernels
internal import NumericCore

/// The binned matrix as one tree sees it.
///
/// A tree that may use only some features, or some that share bytes, gets a copy of their bins, row
/// by row, so that histograms cost nothing for the others.
struct FeatureView {
  /// For each feature of the view its index in the matrix, ascending.
  let features: [Int]
  let shapes: [BinnedFeatureShape]
  let layout: HistogramLayout
  /// `bins[row * stride + column]`.
  let bins: UnsafeMutablePointer<UInt8>
  let stride: Int
  /// Keeps the memory of `bins` alive.
  private let storage: AlignedBuffer<UInt8>

  /// A view of some features.
  ///
  /// - Parameters:
  ///   - rows: how many rows of the matrix the view has, from the first on.
  ///   - shapes: of all features of the matrix.
  ///   - hasMissing: whether one of these rows has bin 0, for each feature of the matrix.
  ///   - features: the features of the view, ascending.
  ///   - spare: memory for copies, of a view that is no longer used.
  init(
    _ matrix: BinnedMatrix, rows: Int, shapes: [BinnedFeatureShape], hasMissing: [Bool],
    features: [Int], spare: FeatureView? = nil, pool: WorkerPool
  ) {
    self.features = features
    self.shapes = features.map { shapes[$0] }
    let binCounts = self.shapes.map(\.binCount)
    let columns = HistogramColumn.arranged(
      binCounts: binCounts, hasMissing: features.map { hasMissing[$0] })
    layout = HistogramLayout(columns: columns, binCounts: binCounts)
    if features.count == matrix.featureCount, columns.count == features.count {
      storage = matrix.rowMajor
      stride = matrix.stride
      bins = storage.base
      return
    }
    stride = BinnedMatrix.stride(featureCount: columns.count)
    let size = rows * stride
    storage =
      if let spare, spare.storage.count >= size, spare.storage !== matrix.rowMajor {
        spare.storage
      } else {
        AlignedBuffer(count: size)
      }
    bins = storage.base
    matrix.copyRows(
      rows, columns: columns, features: features, to: bins, stride: stride, pool: pool)
  }

  /// The index in the view of a feature of the matrix.
  ///
  /// - Precondition: the view has the feature.
  private func position(of feature: Int) -> Int {
    guard let position = features.firstIndex(of: feature) else {
      preconditionFailure("feature \(feature) is not in the view")
    }
    return position
  }

  /// A split as the bytes of the view decide it, and the column in question.
  ///
  /// - Precondition: the view has the feature.
  func split(_ split: Split) -> (byBytes: Split, column: Int) {
    let place = layout.places[position(of: Int(split.feature))]
    let column = layout.columns[place.column]
    guard column.isBundle else { return (split, place.column) }
    var byBytes = split
    byBytes.isSet = true
    byBytes.set = column.bytes(goingLeftBy: split, of: column.members[place.member])
    return (byBytes, place.column)
  }

  /// Adds entries to the cells of columns.
  ///
  /// - Parameters:
  ///   - columns: the columns in question; nil for all.
  ///   - packed: the packed copy, if the entries count its rows.
  func add(
    _ entries: UnsafeBufferPointer<UInt64>, columns: Range<Int>? = nil,
    packed: UnsafeMutablePointer<UInt8>? = nil, to cells: UnsafeMutablePointer<Int64>
  ) {
    layout.add(
      entries, columns: columns ?? layout.columns.indices, bins: packed ?? bins, stride: stride,
      to: cells)
  }
}

// The pointer is into `storage`, which lives as long as the view; bins are only read.
extension FeatureView: @unchecked Sendable {}

extension BinnedMatrix {
  /// Whether each feature of few bins has bin 0 in one of the first rows; of others it is no matter.
  func hasMissing(rows: Int, shapes: [BinnedFeatureShape], pool: WorkerPool) -> [Bool] {
    let found = Slots<Bool>(count: featureCount, repeating: true)
    pool.forEach(count: featureCount) { feature, _ in
      guard shapes[feature].binCount <= HistogramColumn.mostLevels + 1 else { return }
      found[feature] = UnsafeBufferPointer(start: column(feature), count: rows).contains(0)
    }
    return found.values
  }

  /// Writes the bytes of columns of the first rows row by row, `stride` bytes apart.
  ///
  /// - Parameter features: the matrix's index of each feature that the columns count.
  fileprivate func copyRows(
    _ count: Int, columns: [HistogramColumn], features: [Int],
    to target: UnsafeMutablePointer<UInt8>, stride: Int, pool: WorkerPool
  ) {
    nonisolated(unsafe) let target = target
    pool.forEachRange(count: count, grain: 2_048) { rows, _ in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rows.count * columns.count) { bytes in
        let sources: [UnsafePointer<UInt8>?] = columns.enumerated().map { position, column in
          guard column.isBundle else {
            return UnsafePointer(self.column(features[column.members[0].feature]) + rows.lowerBound)
          }
          let joint = UnsafeMutableBufferPointer(
            rebasing: bytes[position * rows.count..<(position + 1) * rows.count])
          join(column, features: features, rows: rows, into: joint)
          return UnsafePointer(joint.baseAddress)
        }
        mlk_interleave(
          sources, sources.count, rows.count, target + rows.lowerBound * stride, stride)
      }
    }
  }

  /// Writes the byte of a bundle for each of some rows.
  private func join(
    _ column: HistogramColumn, features: [Int], rows: Range<Int>,
    into bytes: UnsafeMutableBufferPointer<UInt8>
  ) {
    bytes.initialize(repeating: 0)
    for member in column.members {
      let bins = self.column(features[member.feature]) + rows.lowerBound
      let (weight, first) = (UInt8(truncatingIfNeeded: member.weight), UInt8(member.first))
      for index in bytes.indices { bytes[index] &+= (bins[index] &- first) &* weight }
    }
  }
}

// Where a node's histograms lie: first a fixed number of cells for each byte of a row, then, for
// the features that share bytes, the cells that these are shared out to.

internal import CKernels

/// The shape of a node's histograms.
struct HistogramLayout: Sendable {
  /// Cells from the first of one column to the first of the next.
  static let columnStride = Int(MLK_FEATURE_CELLS)
  /// Columns whose bytes are read together, so that a pass needs one cache line of each row.
  private static let passColumns = 64

  /// What each byte of a row counts.
  let columns: [HistogramColumn]
  /// The number of bins of each feature.
  let binCounts: [Int]
  /// The first cell of each feature.
  let starts: [Int]
  /// The column of each feature, and its place among the column's members.
  let places: [(column: Int, member: Int)]
  /// The members of the columns that are bundles.
  private let bundles: [[mlk_bundle_member]]

  init(columns: [HistogramColumn], binCounts: [Int]) {
    var starts = [Int](repeating: 0, count: binCounts.count)
    var places = [(column: Int, member: Int)](repeating: (0, 0), count: binCounts.count)
    var next = columns.count * Self.columnStride
    for (index, column) in columns.enumerated() {
      for (place, member) in column.members.enumerated() {
        places[member.feature] = (index, place)
        starts[member.feature] = column.isBundle ? next : index * Self.columnStride
        // Whole cache lines, and what a scan reads behind the bins.
        if column.isBundle { next += (binCounts[member.feature] + 15) / 8 * 8 }
      }
    }
    self.columns = columns
    self.binCounts = binCounts
    self.starts = starts
    self.places = places
    bundles = columns.map { column in
      !column.isBundle
        ? []
        : column.members.map {
          mlk_bundle_member(
            levels: UInt32($0.levels), cell: UInt32(starts[$0.feature]), first: UInt32($0.first))
        }
    }
  }

  /// Room for all cells, and for what kernels read behind them.
  ///
  /// It depends on the number of features only: two that share a byte need less than two columns.
  var cellCount: Int { binCounts.count * Self.columnStride }

  /// Adds entries to the columns' cells.
  ///
  /// - Parameters:
  ///   - bins: the columns' bytes, row by row.
  ///   - stride: bytes from row to row.
  func add(
    _ entries: UnsafeBufferPointer<UInt64>, columns: Range<Int>, bins: UnsafePointer<UInt8>,
    stride rowStride: Int, to cells: UnsafeMutablePointer<Int64>
  ) {
    for start in stride(from: columns.lowerBound, to: columns.upperBound, by: Self.passColumns) {
      mlk_histogram_add(
        bins + start, rowStride, min(Self.passColumns, columns.upperBound - start),
        entries.baseAddress, entries.count, cells + start * Self.columnStride)
    }
  }

  /// Sets the columns' cells to zero.
  func clear(_ cells: UnsafeMutablePointer<Int64>, columns range: Range<Int>) {
    for column in range {
      (cells + column * Self.columnStride).update(repeating: 0, count: columns[column].cellCount)
    }
  }

  /// Adds what one thread has counted to what others have.
  func merge(
    _ share: UnsafeMutablePointer<Int64>, into cells: UnsafeMutablePointer<Int64>,
    columns range: Range<Int>
  ) {
    for column in range {
      let start = column * Self.columnStride
      mlk_histogram_merge(cells + start, share + start, columns[column].cellCount)
    }
  }

  /// Shares out what bundles have counted to their features, once all of it is counted.
  func spread(_ cells: UnsafeMutablePointer<Int64>, columns range: Range<Int>) {
    for column in range where columns[column].isBundle {
      mlk_bundle_spread(
        cells, column * Self.columnStride, bundles[column], bundles[column].count)
    }
  }

  /// Subtracts one child's cells from the parent's, which gives the other child's.
  func subtract(
    _ child: UnsafeMutablePointer<Int64>, from parent: UnsafeMutablePointer<Int64>,
    features: [Int]
  ) {
    for feature in features {
      let start = starts[feature]
      mlk_histogram_subtract(parent + start, child + start, binCounts[feature])
    }
  }
}

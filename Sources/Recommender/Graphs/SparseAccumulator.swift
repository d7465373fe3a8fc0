// Sums of sparse rows in a dense row that remembers which places are in use, so that a sum costs
// what its terms cost, however many columns there are. One thread uses it.
// Gilbert, Moler, Schreiber, "Sparse matrices in MATLAB", 1992, doi:10.1137/0613024.

internal import NumericCore

/// A row of sums over columns, most of which have none.
final class SparseAccumulator {
  private let sums: AlignedBuffer<Float>
  /// The row that last used a column.
  private let stamps: AlignedBuffer<Int32>
  private let used: AlignedBuffer<Int32>
  private var usedCount = 0
  private var row: Int32 = 0

  init(columns: Int) {
    sums = AlignedBuffer(count: columns)
    stamps = AlignedBuffer(count: columns)
    used = AlignedBuffer(count: columns)
  }

  /// The columns with a sum, in the order of their first terms.
  var columns: UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: used.base, count: usedCount)
  }

  /// The sum of a column that has one.
  subscript(column: Int32) -> Float { sums.base[Int(column)] }

  /// Forgets all sums.
  func clear() {
    usedCount = 0
    row += 1
  }

  /// Adds `weight` to some columns.
  func add(_ weight: Float, to columns: UnsafeBufferPointer<Int32>) {
    for column in columns { add(weight, to: Int(column)) }
  }

  /// Adds values to some columns.
  func add(_ values: UnsafeBufferPointer<Float>, to columns: UnsafeBufferPointer<Int32>) {
    precondition(values.count == columns.count, "\(values.count) of \(columns.count) columns")
    for place in columns.indices { add(values[place], to: Int(columns[place])) }
  }

  /// The columns but one, or those of them that are strongest, in ascending order.
  func strongest(
    _ most: Int, but excluded: Int32, strength: (_ column: Int32) -> Float
  ) -> [Int32] {
    guard usedCount > most else { return columns.filter { $0 != excluded }.sorted() }
    var strongest = StrongestItems(limit: most)
    for column in columns where column != excluded {
      strongest.offer(column, strength: strength(column))
    }
    return strongest.drain().sorted()
  }

  @inline(__always)
  private func add(_ value: Float, to column: Int) {
    if stamps.base[column] == row {
      sums.base[column] += value
    } else {
      stamps.base[column] = row
      sums.base[column] = value
      used.base[usedCount] = Int32(truncatingIfNeeded: column)
      usedCount += 1
    }
  }
}

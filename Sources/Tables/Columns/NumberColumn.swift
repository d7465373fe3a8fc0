// Real numbers, one per row, with NaN for missing ones.
// Values stay in the type and the memory they arrived in; readers get blocks of doubles.

/// A column of real numbers; a missing value reads as NaN.
public struct NumberColumn: Sendable {
  private enum Storage: Sendable {
    case doubles([Double])
    case floats([Float])
    case integers(WholeNumbers)
    case chunks(ChunkedRows)
  }

  private let storage: Storage

  /// Creates a column that owns its values; NaN is missing.
  public init(_ values: [Double]) { storage = .doubles(values) }

  /// Creates a column that owns its values; NaN is missing.
  public init(floats: [Float]) { storage = .floats(floats) }

  /// Creates a column that owns whole numbers, which files of integers then keep exactly.
  ///
  /// - Parameters:
  ///   - isMissing: for each row whether it is missing; empty if none is.
  ///   - bits: 32 or 64, the size of the integers in files.
  /// - Precondition: the numbers fit the bits.
  public init(integers: [Int64], isMissing: [Bool] = [], bits: Int = 64) {
    precondition(bits == 32 || bits == 64, "integers of \(bits) bits")
    precondition(isMissing.isEmpty || isMissing.count == integers.count, "rows of unknown presence")
    storage = .integers(WholeNumbers(values: integers, isMissing: isMissing, bits: bits))
  }

  private init(_ numbers: WholeNumbers) { storage = .integers(numbers) }

  /// The whole numbers of a column that was made of them, else nil.
  var wholeNumbers: WholeNumbers? {
    if case .integers(let numbers) = storage { numbers } else { nil }
  }

  /// Creates a column over number or instant chunks, without a copy.
  init(_ chunks: ChunkedRows) { storage = .chunks(chunks) }

  /// The number of rows.
  public var count: Int {
    switch storage {
    case .doubles(let values): values.count
    case .floats(let values): values.count
    case .integers(let numbers): numbers.values.count
    case .chunks(let chunks): chunks.count
    }
  }

  /// The value of a row as a double, NaN where it is missing.
  ///
  /// - Precondition: the row lies in the column.
  public subscript(row: Int) -> Double {
    if case .doubles(let values) = storage { return values[row] }
    var value = 0.0
    withUnsafeMutablePointer(to: &value) {
      read(row..<row + 1, into: UnsafeMutableBufferPointer(start: $0, count: 1))
    }
    return value
  }

  /// Copies a range of rows as doubles, missing ones as NaN.
  ///
  /// Threads may call it at once, each with a buffer of its own.
  /// - Precondition: `rows` lies in the column and `buffer.count >= rows.count`.
  public func read(_ rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Double>) {
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= count && buffer.count >= rows.count,
      "rows \(rows) of \(count) do not fit a buffer of \(buffer.count)")
    guard let target = buffer.baseAddress, !rows.isEmpty else { return }
    switch storage {
    case .doubles(let values):
      values.withUnsafeBufferPointer { source in
        guard let start = source.baseAddress else { return }
        target.update(from: start + rows.lowerBound, count: rows.count)
      }
    case .floats(let values):
      values.withUnsafeBufferPointer { source in
        for index in 0..<rows.count { target[index] = Double(source[rows.lowerBound + index]) }
      }
    case .integers(let numbers):
      for index in 0..<rows.count { target[index] = numbers.double(rows.lowerBound + index) }
    case .chunks(let chunks):
      chunks.forEachPiece(of: rows) { chunk, piece, offset in
        chunk.copyDoubles(piece, to: target + offset)
      }
    }
  }

  /// Returns all values as doubles, missing ones as NaN.
  public func doubles() -> [Double] {
    if case .doubles(let values) = storage { return values }
    return doubles(0..<count)
  }

  /// Returns a range of values as doubles, missing ones as NaN.
  func doubles(_ rows: Range<Int>) -> [Double] {
    [Double](unsafeUninitializedCapacity: rows.count) { buffer, initialized in
      // Doubles are trivial, so that assigning to uninitialised ones is as good as initialising.
      read(rows, into: buffer)
      initialized = rows.count
    }
  }

  /// Returns the values of some rows as doubles, missing ones as NaN.
  ///
  /// - Precondition: every row lies in the column.
  public func doubles(rows: [Int32]) -> [Double] {
    switch storage {
    case .doubles(let values): return rows.map { values[Int($0)] }
    case .floats(let values): return rows.map { Double(values[Int($0)]) }
    case .integers(let numbers): return rows.map { numbers.double(Int($0)) }
    case .chunks(let chunks): return chunks.doubles(rows: rows)
    }
  }

  /// Returns some rows as a column of its own; whole numbers stay whole.
  ///
  /// - Precondition: every row lies in the column.
  func selecting(_ rows: [Int32]) -> NumberColumn {
    if case .integers(let numbers) = storage { return NumberColumn(numbers.selecting(rows)) }
    return NumberColumn(doubles(rows: rows))
  }
}

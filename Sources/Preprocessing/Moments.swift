// The mean and the variance of a column of numbers.
// Variance: the corrected two-pass algorithm of Chan, Golub and LeVeque, "Algorithms for computing
// the sample variance", The American Statistician 37 (1983), doi:10.1080/00031305.1983.10483115.

internal import NumericCore
internal import Tables

/// The weighted statistics of one column over some rows; missing values (NaN) take no part.
struct Moments: Sendable {
  /// The number of present values, or the sum of their weights.
  let count: Double
  /// The mean; NaN if no value is present.
  let mean: Double
  /// The population variance.
  let variance: Double
  /// The standard deviation, or 1 if that is zero but for rounding.
  let scale: Double
  /// The number of missing values, whatever their weights.
  let missing: Int

  /// The statistics of some columns, each found by one thread.
  ///
  /// - Parameters:
  ///   - rows: the rows to learn from; a row may occur more than once.
  ///   - weights: one weight, at least 0, per element of `rows`; nil weighs all alike.
  /// - Throws: `PreprocessingError` with `.infinite` or `.beyondScale`, of the first column that has
  ///   a reason for it.
  static func all(
    of columns: [NumberColumn], names: [String], rows: [Int32], weights: [Double]?,
    pool: WorkerPool?
  ) throws -> [Moments] {
    precondition(names.count == columns.count, "\(names.count) names, \(columns.count) columns")
    precondition(
      weights.map { $0.count == rows.count } ?? true, "the weights do not match the rows")
    guard let pool else {
      return try zip(names, columns).map { try Moments($1, name: $0, rows: rows, weights: weights) }
    }
    var results = [Result<Moments, any Error>?](repeating: nil, count: columns.count)
    results.withUnsafeMutableBufferPointer { buffer in
      // Each element is written by the one call that has its index.
      nonisolated(unsafe) let results = buffer
      pool.forEach(count: columns.count) { index, _ in
        results[index] = Result {
          try Moments(columns[index], name: names[index], rows: rows, weights: weights)
        }
      }
    }
    return try results.compactMap { try $0?.get() }
  }

  private init(_ column: NumberColumn, name: String, rows: [Int32], weights: [Double]?) throws {
    let values = column.doubles(rows: rows)
    if let index = values.firstIndex(where: \.isInfinite) {
      throw PreprocessingError.infinite(column: name, row: Int(rows[index]))
    }
    self.init(of: values, weights: weights)
    // Columns without any value have neither mean nor variance.
    if count > 0, !mean.isFinite || !variance.isFinite,
      let index = values.indices.filter({ !values[$0].isNaN })
        .max(by: { abs(values[$0]) < abs(values[$1]) })
    {
      throw PreprocessingError.beyondScale(
        column: name, row: Int(rows[index]), value: values[index])
    }
  }

  private init(of values: [Double], weights: [Double]?) {
    func sums(_ terms: (Double) -> SIMD2<Double>) -> SIMD2<Double> {
      blockwiseSums(count: values.count) { index in
        values[index].isNaN ? .zero : terms(values[index]) * (weights?[index] ?? 1)
      }
    }
    let first = sums { SIMD2(1, $0) }
    let count = first.x
    let firstMean = first.y / count
    // What the rounding of the first mean left over; it makes the mean of a constant column exact.
    let mean = firstMean + sums { SIMD2($0 - firstMean, 0) }.x / count
    let second = sums { SIMD2($0 - mean, ($0 - mean) * ($0 - mean)) }
    let (correction, squares) = (second.x, second.y)
    let variance = (squares - correction * correction / count) / count
    self.count = count
    self.mean = mean
    self.variance = variance
    // A variance within the error bound of the algorithm is that of a constant column.
    let roundedMean = count * mean * .ulpOfOne
    let bound = count * .ulpOfOne * variance + roundedMean * roundedMean
    scale = variance <= bound ? 1 : variance.squareRoot()
    missing = values.count { $0.isNaN }
  }
}

/// Adds pairs of terms block by block, in an order that depends on their number only and keeps the
/// rounding error near that of a pairwise sum.
private func blockwiseSums(count: Int, _ terms: (Int) -> SIMD2<Double>) -> SIMD2<Double> {
  let blockSize = 512
  var total = SIMD2<Double>.zero
  for start in stride(from: 0, to: count, by: blockSize) {
    var block = SIMD2<Double>.zero
    for index in start..<min(start + blockSize, count) { block += terms(index) }
    total += block
  }
  return total
}

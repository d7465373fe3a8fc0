// Numbers brought to mean 0 and variance 1, with the results of scikit-learn's StandardScaler.

public import NumericCore
public import Tables
internal import Texts

/// The means and scales of a set of number columns.
///
/// Missing values (NaN) are ignored by the fit and stay NaN in the result. A column without
/// variance gets scale 1; one without any value has a mean and scale of NaN.
public struct StandardScaler: Sendable, Equatable {
  /// The largest size of numbers whose squares have a finite sum over any number of rows.
  public static let largestNumber = 1e140

  /// The names of the columns.
  public let featureNames: [String]
  /// The weighted mean of each column.
  public let mean: [Double]
  /// The weighted population variance of each column.
  public let variance: [Double]
  /// What each column is divided by: its standard deviation, or 1 if that is zero but for rounding.
  public let scale: [Double]
  /// The number of present values of each column, or the sum of their weights.
  public let sampleCount: [Double]

  /// Learns the means and scales of columns over some rows.
  ///
  /// - Parameters:
  ///   - names: one name per column.
  ///   - rows: the rows to learn from; a row may occur more than once.
  ///   - weights: one weight, at least 0, per element of `rows`; nil weighs all alike.
  ///   - pool: the threads that share the columns; nil uses the calling one.
  /// - Throws: `PreprocessingError` with `.infinite` or `.beyondScale`.
  public static func fit(
    names: [String], columns: [NumberColumn], rows: [Int32], weights: [Double]? = nil,
    pool: WorkerPool? = nil
  ) throws -> StandardScaler {
    StandardScaler(
      names: names,
      try Moments.all(of: columns, names: names, rows: rows, weights: weights, pool: pool))
  }

  /// The scaler of columns whose statistics are known.
  init(names: [String], _ moments: [Moments]) {
    featureNames = names
    mean = moments.map(\.mean)
    variance = moments.map(\.variance)
    scale = moments.map(\.scale)
    sampleCount = moments.map(\.count)
  }

  /// Returns the scaled values of some rows, one column per feature.
  ///
  /// - Throws: `PreprocessingError.infinite`.
  public func transform(_ columns: [NumberColumn], rows: [Int32]) throws -> Matrix<Double> {
    var matrix = Matrix<Double>(rows: rows.count, columns: columns.count)
    try forEachBlock(of: rows) { first, block in
      try write(columns, rows: block, into: &matrix, at: first)
    }
    return matrix
  }

  /// Writes the scaled values of some rows into the first columns of a matrix, from row `first` on.
  func write(
    _ columns: [NumberColumn], rows: [Int32], into matrix: inout Matrix<Double>, at first: Int
  ) throws {
    precondition(columns.count == mean.count, "\(columns.count) columns, \(mean.count) fitted")
    let width = matrix.columns
    for (feature, column) in columns.enumerated() {
      let (mean, scale) = (mean[feature], scale[feature])
      var position = first * width + feature
      for (index, value) in column.doubles(rows: rows).enumerated() {
        guard !value.isInfinite else {
          throw PreprocessingError.infinite(
            column: featureNames[feature], row: Int(rows[index]))
        }
        matrix.elements[position] = (value - mean) / scale
        position += width
      }
    }
  }
}

/// Calls `body` for consecutive blocks of rows, small enough for their part of a matrix to stay in
/// the cache while it is filled column by column.
func forEachBlock(of rows: [Int32], _ body: (_ first: Int, _ block: [Int32]) throws -> Void)
  rethrows
{
  let blockSize = 1024
  for first in stride(from: 0, to: rows.count, by: blockSize) {
    try body(first, Array(rows[first..<min(first + blockSize, rows.count)]))
  }
}

// MARK: - Codable

extension StandardScaler: Codable {
  // The names of scikit-learn's attributes, as in std_scaler.json.
  private enum CodingKeys: String, CodingKey {
    case featureNames = "feature_names_in"
    case mean, scale
    case variance = "var"
    case sampleCount = "n_samples_seen"
  }

  /// Reads a scaler; null stands for NaN.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let names = try container.decode([String].self, forKey: .featureNames)
    func numbers(_ key: CodingKeys) throws -> [Double] {
      let numbers = try container.decode([Double?].self, forKey: key).map { $0 ?? .nan }
      guard numbers.count == names.count else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container,
          debugDescription: "\(numbers.count) numbers for \(names.count) features")
      }
      return numbers
    }
    func check(_ holds: Bool, _ key: CodingKeys, _ problem: String) throws {
      guard holds else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: problem)
      }
    }
    featureNames = names
    mean = try numbers(.mean)
    variance = try numbers(.variance)
    scale = try numbers(.scale)
    sampleCount = try numbers(.sampleCount)
    try check(
      Set(texts: names).count == names.count, .featureNames, "two features have the same name")
    try check(
      zip(variance, mean).allSatisfy { $0.isNaN ? $1.isNaN : $0 >= 0 }, .variance,
      "a variance below 0")
    // A column of missing numbers only has neither mean nor scale.
    try check(
      zip(scale, mean).allSatisfy { $0.isNaN ? $1.isNaN : $0 > 0 }, .scale,
      "a scale that is not above 0")
    try check(sampleCount.allSatisfy { $0 >= 0 }, .sampleCount, "a count below 0")
  }

  /// Writes a scaler; NaN, which JSON lacks, becomes null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    func present(_ numbers: [Double]) -> [Double?] { numbers.map { $0.isNaN ? nil : $0 } }
    try container.encode(featureNames, forKey: .featureNames)
    try container.encode(present(mean), forKey: .mean)
    try container.encode(present(variance), forKey: .variance)
    try container.encode(present(scale), forKey: .scale)
    try container.encode(present(sampleCount), forKey: .sampleCount)
  }
}

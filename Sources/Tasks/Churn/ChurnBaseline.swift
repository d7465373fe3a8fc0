// The simpler models that every churn model is shown beside, trained on the same rows.
import NumericCore
import Preprocessing
import Tables

/// A logistic regression on one-hot encoded categories and standardised numbers.
struct ChurnBaseline: Sendable {
  /// The encoders, which are also written to scalers/.
  let pipeline: FeaturePipeline
  private let regression: LogisticRegression

  /// More rows than this change the coefficients little, but cost memory: they are drawn evenly
  /// from the training rows.
  static let mostRows = 100_000
  private static let rowsPerBlock = 65_536

  /// Fits the encoders and the regression.
  ///
  /// - Throws: `PreprocessingError`.
  init(_ features: [Column], labels: [Double], rows: [Int32], pool: WorkerPool) throws {
    let sample = Self.sample(rows)
    pipeline = try FeaturePipeline.fit(features, rows: rows)
    regression = LogisticRegression.fit(
      try pipeline.transform(features, rows: sample), labels: sample.map { labels[Int($0)] },
      pool: pool)
  }

  /// The probabilities of some rows, a block at a time.
  func predict(_ features: [Column], rows: [Int32]) throws -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(rows.count)
    for start in stride(from: 0, to: rows.count, by: Self.rowsPerBlock) {
      let block = Array(rows[start..<min(rows.count, start + Self.rowsPerBlock)])
      result += regression.predict(try pipeline.transform(features, rows: block))
    }
    return result
  }

  private static func sample(_ rows: [Int32]) -> [Int32] {
    guard rows.count > mostRows else { return rows }
    return (0..<mostRows).map { rows[$0 * rows.count / mostRows] }
  }
}

// The simpler models that every classifier is shown beside, trained on the same rows.
import LearningTasks
import LinearModels
import NumericCore
import Preprocessing
import Tables

/// A logistic regression on one-hot encoded categories and standardised numbers.
struct LogisticBaseline: Sendable {
  /// The encoders, which are also written to scalers/.
  let pipeline: FeaturePipeline
  private let regression: LogisticRegression

  /// More rows than this change the coefficients little, but cost memory: they are drawn evenly
  /// from the training rows.
  static let mostRows = 100_000
  /// The most elements of the design matrix, 128 MB.
  static let mostElements = 16 << 20
  /// The elements of a block of rows that are predicted together.
  private static let elementsPerBlock = 4 << 20

  /// Fits the encoders and the regression.
  ///
  /// - Throws: `PreprocessingError`; `TaskError.cancelled` when the work should stop.
  init(
    _ features: [Column], labels: [Double], rows: [Int32], context: RunContext
  ) throws {
    pipeline = try BaselineDesign(features, rows: rows, pool: context.pool).pipeline
    let sample = Self.sample(rows, width: pipeline.columnNames.count)
    regression = LogisticRegression.fit(
      try pipeline.transform(features, rows: sample), labels: sample.map { labels[Int($0)] },
      pool: context.pool, isCancelled: context.isCancelled)
    try context.checkCancelled()
  }

  /// The probabilities of some rows, a block at a time.
  ///
  /// They are rounded, so that equal rows tie in the ranking whatever order BLAS adds in.
  func predict(_ features: [Column], rows: [Int32]) throws -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(rows.count)
    let size = max(1, Self.elementsPerBlock / max(1, pipeline.columnNames.count))
    for start in stride(from: 0, to: rows.count, by: size) {
      let block = Array(rows[start..<min(rows.count, start + size)])
      result += regression.predict(try pipeline.transform(features, rows: block))
        .map { ($0 * 0x1p30).rounded() * 0x1p-30 }
    }
    return result
  }

  private static func sample(_ rows: [Int32], width: Int) -> [Int32] {
    let mostRows = min(mostRows, mostElements / max(1, width))
    guard rows.count > mostRows else { return rows }
    return (0..<mostRows).map { rows[$0 * rows.count / mostRows] }
  }
}

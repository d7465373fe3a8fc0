// One training of the booster and its baselines on some rows of a table.
import GradientBoosting
import NumericCore
import Tables

/// Trains models on rows of one churn table and adds up the seconds.
struct ChurnFit {
  let data: ChurnData
  let configuration: ChurnConfiguration
  let context: TaskContext
  /// Whether each row is positive.
  let labels: [Bool]

  init(data: ChurnData, configuration: ChurnConfiguration, context: TaskContext) {
    self.data = data
    self.configuration = configuration
    self.context = context
    labels = data.target.labels.map { $0 == 1 }
  }

  /// Trains the booster on some rows.
  ///
  /// Where classes are weighted, the model's log-odds are corrected back to those of the data.
  ///
  /// - Throws: `GradientBoostingError`; `TaskError.cancelled` when the work should stop.
  func booster(rows: [Int32], timings: inout ChurnReport.Timings) throws -> FittedBoosting {
    let weights = ClassWeights(configuration.weighting, labels: rows.map { labels[Int($0)] })
    let rowWeights =
      weights.isEven ? nil : labels.map { $0 ? weights.positive : weights.negative }
    do {
      let fitted = try GradientBoosting.fit(
        TrainingData(
          features: data.columns.features, labels: data.target.labels, weights: rowWeights),
        rows: rows,
        configuration: configuration.boosting, seed: UInt64(configuration.seed),
        pool: context.pool
      ) { report in
        context.progress(
          .round(
            RoundProgress(
              round: report.round, rounds: report.maximumRounds,
              validationLoss: report.validationLoss)))
        return !context.isCancelled()
      }
      timings.bin += fitted.binningSeconds
      timings.train += fitted.boostingSeconds
      return weights.isEven ? fitted : fitted.shiftingScores(by: weights.logOddsCorrection)
    } catch GradientBoostingError.cancelled {
      throw TaskError.cancelled
    }
  }

  /// The logistic regression on some rows.
  func logistic(rows: [Int32]) throws -> ChurnBaseline {
    try context.checkCancelled()
    return try ChurnBaseline(
      data.columns.features, labels: data.target.labels, rows: rows, context: context)
  }

  /// The share of positives in some rows.
  func prior(rows: [Int32]) -> Double {
    let positives = rows.reduce(0) { $0 + (labels[Int($1)] ? 1 : 0) }
    return Double(positives) / Double(max(1, rows.count))
  }

  /// All rows.
  var allRows: [Int32] { Array(0..<Int32(data.rowCount)) }
}

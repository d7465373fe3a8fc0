// Trainings of the booster and its baselines on some rows of a table.
import GradientBoosting
import NumericCore
import Tables

/// Trains models on rows of one churn table.
struct ClassifierFit {
  let data: ClassifierData
  let configuration: ChurnConfiguration
  let context: RunContext
  /// The model to which every booster adds its trees; nil where they start anew.
  let continued: BoostedTrees?
  /// Whether each row is positive.
  let labels: [Bool]

  init(
    data: ClassifierData, configuration: ChurnConfiguration, continuing continued: BoostedTrees?,
    context: RunContext
  ) {
    self.data = data
    self.configuration = configuration
    self.context = context
    self.continued = continued
    labels = data.target.labels.map { $0 == 1 }
  }

  /// Trains a booster on each of some sets of rows.
  ///
  /// Where classes are weighted, a model's log-odds are corrected back to those of the data.
  ///
  /// - Parameter phases: what is said when the training on each set begins.
  /// - Throws: `GradientBoostingError`; `TaskError.cancelled` when the work should stop.
  func boosters(rows sets: [[Int32]], phases: [String]) throws -> [FittedBoosting] {
    let weights = sets.map { rows in
      ClassWeights(configuration.weighting, labels: rows.map { labels[Int($0)] })
    }
    let fit = BoosterFit(
      features: data.columns.features, labels: data.target.labels, groups: data.repeats.groups,
      objective: BinaryLogLoss(), configuration: configuration.boosting,
      seed: UInt64(configuration.seed), context: context)
    let boosters = try fit.boosters(phases: phases) { index in
      let own = weights[index]
      return BoosterFit.Job(
        rows: sets[index],
        weights: own.isEven ? nil : labels.map { $0 ? own.positive : own.negative },
        // Its log-odds are those of the data; while training goes on they are those of the weights.
        continued: continued?.shiftingScores(by: -own.logOddsCorrection))
    }
    return zip(boosters, weights).map { booster, own in
      own.isEven ? booster : booster.shiftingScores(by: own.logOddsCorrection)
    }
  }

  /// The logistic regression on some rows.
  func logistic(rows: [Int32]) throws -> LogisticBaseline {
    try context.checkCancelled()
    return try LogisticBaseline(
      data.columns.features, labels: data.target.labels, rows: rows, context: context)
  }

  /// The share of positives in some rows.
  func prior(rows: [Int32]) -> Double {
    let positives = rows.reduce(0) { $0 + (labels[Int($1)] ? 1 : 0) }
    return Double(positives) / Double(max(1, rows.count))
  }

  /// All rows.
  var allRows: [Int32] { data.allRows }
}

// Trainings of the booster and its baselines on some rows of a table.
import GradientBoosting
import NumericCore
import Tables

/// Trains models on rows of one churn table.
struct ChurnFit {
  let data: ChurnData
  let configuration: ChurnConfiguration
  let context: TaskContext
  /// The model to which every booster adds its trees; nil where they start anew.
  let continued: BoostedTrees?
  /// Whether each row is positive.
  let labels: [Bool]

  init(
    data: ChurnData, configuration: ChurnConfiguration, continuing continued: BoostedTrees?,
    context: TaskContext
  ) {
    self.data = data
    self.configuration = configuration
    self.context = context
    self.continued = continued
    labels = data.target.labels.map { $0 == 1 }
  }

  /// Whether some boosters are best trained side by side, each tree by one thread: on small tables
  /// always, on larger ones where there are boosters for all threads, on large ones never.
  private func areSideBySide(_ count: Int) -> Bool {
    let threads = context.pool.threadCount
    guard count > 1, threads > 1 else { return false }
    return data.rowCount < 20_000 || (data.rowCount < 200_000 && count >= threads)
  }

  /// Trains a booster on each of some sets of rows.
  ///
  /// Where classes are weighted, a model's log-odds are corrected back to those of the data.
  ///
  /// - Parameter phases: what is said when the training on each set begins.
  /// - Throws: `GradientBoostingError`; `TaskError.cancelled` when the work should stop.
  func boosters(rows sets: [[Int32]], phases: [String]) throws -> [FittedBoosting] {
    do {
      guard areSideBySide(sets.count) else {
        return try zip(sets, phases).map { rows, phase in
          try context.begin(phase)
          let job = try BoosterJob(self, rows: rows, showsRounds: true)
          while try job.session.advance() {}
          return job.result()
        }
      }
      try context.begin("\(sets.count) trainings side by side")
      let jobs = try sets.map { try BoosterJob(self, rows: $0, showsRounds: false) }
      let began = ContinuousClock.now
      _ = try GradientBoosting.finish(jobs.map(\.session), pool: context.pool)
      // The threads' seconds overlap: they count by their share of the time that passed.
      let own = jobs.compactMap(\.session.result).reduce(0) {
        $0 + $1.binningSeconds + $1.boostingSeconds
      }
      let share = (ContinuousClock.now - began).seconds / max(1e-9, own)
      return jobs.map { $0.result(countingSeconds: share) }
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

/// One booster that is being trained.
private struct BoosterJob {
  let session: BoostingSession<BinaryLogLoss>
  private let weights: ClassWeights
  private let stopwatch: Stopwatch

  init(_ fit: ChurnFit, rows: [Int32], showsRounds: Bool) throws {
    let context = fit.context
    let weights = ClassWeights(
      fit.configuration.weighting, labels: rows.map { fit.labels[Int($0)] })
    self.weights = weights
    stopwatch = context.stopwatch
    session = try BoostingSession(
      TrainingData(
        features: fit.data.columns.features, labels: fit.data.target.labels,
        weights: weights.isEven
          ? nil : fit.labels.map { $0 ? weights.positive : weights.negative },
        groups: fit.data.repeats.groups),
      rows: rows, configuration: fit.configuration.boosting,
      // Its log-odds are those of the data; while training goes on they are those of the weights.
      continuingFrom: fit.continued?.shiftingScores(by: -weights.logOddsCorrection),
      seed: UInt64(fit.configuration.seed), pool: context.pool
    ) { report in
      if showsRounds {
        context.progress(
          .round(
            RoundProgress(
              round: report.round, rounds: report.maximumRounds,
              validationLoss: report.validationLoss)))
      }
      return !context.isCancelled()
    }
  }

  /// The booster, once the session has ended.
  ///
  /// - Parameter share: how much a second of its own counts.
  func result(countingSeconds share: Double = 1) -> FittedBoosting {
    guard let fitted = session.result else { preconditionFailure("a session ended unfinished") }
    stopwatch.add(fitted.binningSeconds * share, to: .bin)
    stopwatch.add(fitted.boostingSeconds * share, to: .train)
    return weights.isEven ? fitted : fitted.shiftingScores(by: weights.logOddsCorrection)
  }
}

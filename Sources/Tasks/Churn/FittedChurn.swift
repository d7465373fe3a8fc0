// A trained churn model in memory: the trees, and the calibration of what they say.
import Evaluation
import GradientBoosting
import NumericCore
import Tables

/// A booster and the calibration that was fitted beside it.
struct FittedChurn: Sendable {
  /// The trees and how they came about.
  let boosting: FittedBoosting
  /// From the trees' log-odds to probabilities.
  let calibration: Calibration

  /// The probability that each row churns.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  func predict(_ features: [Column], pool: WorkerPool) throws -> [Double] {
    calibration.probabilities(try boosting.model.rawScores(features, pool: pool))
  }
}

extension ChurnFit {
  /// Below so many rows calibration learns from folds, from there on from one part held back.
  private static let fewestRowsOfOnePart = 50_000
  private static let calibrationFolds = 5

  /// Trains a booster on some rows and calibrates it.
  ///
  /// The booster learns from all of the rows. Calibration must not see what a booster says about
  /// the rows that it learnt from, so further boosters are trained on parts of the rows, and score
  /// the rest: in five folds, so that every row is scored once, or, from 50,000 rows on, one
  /// booster on four fifths. That is scikit-learn's `CalibratedClassifierCV(ensemble=False)`.
  ///
  /// - Parameter rows: the rows to learn from, calibration included.
  /// - Throws: `GradientBoostingError`, `EvaluationError`; `TaskError.cancelled`.
  func model(rows: [Int32], timings: inout ChurnReport.Timings) throws -> FittedChurn {
    let calibration = try calibration(rows: rows, timings: &timings)
    return FittedChurn(
      boosting: try booster(rows: rows, timings: &timings), calibration: calibration)
  }

  private func calibration(
    rows: [Int32], timings: inout ChurnReport.Timings
  ) throws -> Calibration {
    guard configuration.calibration != .none else { return .none }
    let ownLabels = rows.map { labels[Int($0)] }
    let seed = UInt64(configuration.seed)
    let splits =
      rows.count < Self.fewestRowsOfOnePart
      ? try StratifiedSplit.folds(labels: ownLabels, count: Self.calibrationFolds, seed: seed)
      : [try StratifiedSplit.holdout(labels: ownLabels, testShare: 0.2, seed: seed)]
    var logOdds: [Double] = []
    var happened: [Bool] = []
    for split in splits {
      let fitted = try booster(rows: split.train.map { rows[Int($0)] }, timings: &timings)
      let test = split.test.map { rows[Int($0)] }
      logOdds += try PhaseClock().measure(&timings.evaluate) {
        try fitted.model.rawScores(
          data.columns.features.map { $0.selecting(test) }, pool: context.pool)
      }
      happened += test.map { labels[Int($0)] }
    }
    return try Calibration(configuration.calibration, logOdds: logOdds, labels: happened)
  }
}

// A trained churn model in memory: the trees, and the calibration of what they say.
import Evaluation
import GradientBoosting
import NumericCore
import Tables

/// A booster and the calibration that was fitted beside it.
struct FittedClassifier: Sendable {
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

extension ClassifierFit {
  /// Below so many rows calibration learns from folds, from there on from one part held back.
  private static let fewestRowsOfOnePart = 50_000
  private static let calibrationFolds = 5

  /// Trains a booster on each of some sets of rows and calibrates it.
  ///
  /// A booster learns from all of its rows. Calibration must not see what a booster says about the
  /// rows that it learnt from, so further boosters are trained on parts of the rows, and score the
  /// rest: in five folds, so that every row is scored once, or, from 50,000 rows on, one booster on
  /// four fifths. That is scikit-learn's `CalibratedClassifierCV(ensemble=False)`.
  ///
  /// - Parameters:
  ///   - sets: the rows to learn from, calibration included.
  ///   - phases: what is said when the training on each set begins.
  /// - Throws: `GradientBoostingError`, `EvaluationError`; `TaskError.cancelled`.
  func models(rows sets: [[Int32]], phases: [String]) throws -> [FittedClassifier] {
    let splits = try sets.map(calibrationSplits)
    // All boosters are independent of each other, so that they may be trained side by side.
    var parts: [[Int32]] = []
    var partPhases: [String] = []
    for (index, rows) in sets.enumerated() {
      parts.append(rows)
      parts += splits[index].map { split in split.train.map { rows[Int($0)] } }
      partPhases += [String](repeating: phases[index], count: 1 + splits[index].count)
    }
    var boosters = try boosters(rows: parts, phases: partPhases)[...]
    return try sets.indices.map { index in
      let own = boosters.prefix(1 + splits[index].count)
      boosters = boosters.dropFirst(own.count)
      return FittedClassifier(
        boosting: own[own.startIndex],
        calibration: try calibration(
          by: Array(own.dropFirst()), on: splits[index], rows: sets[index]))
    }
  }

  /// The parts that calibration learns from; none where it is not wanted.
  private func calibrationSplits(_ rows: [Int32]) throws -> [StratifiedSplit] {
    guard configuration.calibration != .none else { return [] }
    let ownLabels = rows.map { labels[Int($0)] }
    let groups = data.repeats.groups?.selecting(rows)
    let seed = UInt64(configuration.seed)
    return rows.count < Self.fewestRowsOfOnePart
      ? try StratifiedSplit.folds(
        labels: ownLabels, groups: groups, count: Self.calibrationFolds, seed: seed)
      : [
        try StratifiedSplit.holdout(
          labels: ownLabels, groups: groups, testShare: 0.2, seed: seed)
      ]
  }

  private func calibration(
    by boosters: [FittedBoosting], on splits: [StratifiedSplit], rows: [Int32]
  ) throws -> Calibration {
    guard configuration.calibration != .none else { return .none }
    var logOdds: [Double] = []
    var happened: [Bool] = []
    for (fitted, split) in zip(boosters, splits) {
      let test = split.test.map { rows[Int($0)] }
      logOdds += try context.measure(.evaluate) {
        try fitted.model.rawScores(
          data.columns.features.map { $0.selecting(test) }, pool: context.pool)
      }
      happened += test.map { labels[Int($0)] }
    }
    return try Calibration(configuration.calibration, logOdds: logOdds, labels: happened)
  }
}

// Trainings of boosters on some rows of a table, and the calibration of what they say.
import Evaluation
import GradientBoosting
import LearningTasks
import NumericCore
import Tables

/// A booster and the calibration that was fitted beside it.
struct FittedTrees: Sendable {
  /// The trees and how they came about.
  let boosting: FittedBoosting
  /// From the trees' scores to probabilities; nil where no model of the task has one.
  let calibration: Calibration?

  /// The prediction for each row.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  func predict(_ features: [Column], pool: WorkerPool) throws -> [Double] {
    try boosting.model.predictions(features, calibration, pool: pool)
  }
}

/// Trains and judges models on rows of one table.
struct TabularFit<Problem: TabularProblem> {
  let table: TabularTable<Problem>
  /// A configuration of the table, with every hyperparameter known.
  let configuration: Problem.Configuration
  let context: RunContext

  /// Below so many rows calibration learns from folds, from there on from one part held back.
  private static var fewestRowsOfOnePart: Int { 50_000 }
  private static var calibrationFolds: Int { 5 }

  var rows: LabelledRows { table.rows }
  var seed: UInt64 { UInt64(configuration.seed) }

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
  func models(rows sets: [[Int32]], phases: [String]) throws -> [FittedTrees] {
    let method = Problem.calibration(of: configuration)
    let isCalibrated = method.map { $0 != .none } ?? false
    let splits = try sets.map { isCalibrated ? try calibrationSplits($0) : [] }
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
      return FittedTrees(
        boosting: own[own.startIndex],
        calibration: try method.map {
          try calibration($0, by: Array(own.dropFirst()), on: splits[index], rows: sets[index])
        })
    }
  }

  /// The parts that calibration learns from.
  private func calibrationSplits(_ rows: [Int32]) throws -> [StratifiedSplit] {
    let strata = Problem.strata(of: rows.map { self.rows.labels[Int($0)] })
    let groups = self.rows.repeats.groups?.selecting(rows)
    return rows.count < Self.fewestRowsOfOnePart
      ? try StratifiedSplit.folds(
        labels: strata, groups: groups, count: Self.calibrationFolds, seed: seed)
      : [try StratifiedSplit.holdout(labels: strata, groups: groups, testShare: 0.2, seed: seed)]
  }

  private func calibration(
    _ method: Calibration.Method, by boosters: [FittedBoosting], on splits: [StratifiedSplit],
    rows: [Int32]
  ) throws -> Calibration {
    guard method != .none else { return .none }
    var logOdds: [Double] = []
    var happened: [Bool] = []
    for (fitted, split) in zip(boosters, splits) {
      let test = split.test.map { rows[Int($0)] }
      logOdds += try context.measure(.evaluate) {
        try fitted.model.rawScores(
          self.rows.columns.features.map { $0.selecting(test) }, pool: context.pool)
      }
      happened += test.map { self.rows.labels[Int($0)] == 1 }
    }
    return try Calibration(method, logOdds: logOdds, labels: happened)
  }
}

// Cross-validation with early stopping, from a table in memory to the mean AUC of the folds.

import BenchmarkSupport
import Foundation
import GradientBoosting
import NumericCore
import Tables

enum CrossValidation {
  /// Trains and judges a booster for each fold; the column `fold` says which rows it judges.
  static func measure(
    path: String, configuration: BoostingConfiguration, pool: WorkerPool
  ) throws -> [String: Any] {
    let table = try Table.read(from: path).table
    let folds = try table.numbers("fold").map { Int($0) }
    let data = try TrainingData(table: table, leavingOut: ["fold"])
    let (results, seconds) = try ContinuousClock().timed {
      try judged(data, folds: folds, configuration: configuration, pool: pool)
    }
    let count = Double(results.count)
    return [
      "seconds": seconds,
      "auc": results.reduce(0) { $0 + $1.auc } / count,
      "trees": results.reduce(0) { $0 + $1.treesGrown },
      "kept": Double(results.reduce(0) { $0 + $1.treesKept }) / count,
    ]
  }

  private struct Judged: Sendable {
    let auc: Double
    /// All trees that were trained, those behind the best round and those of a refit included.
    let treesGrown: Int
    let treesKept: Int
  }

  /// The folds side by side, each tree by one thread.
  private static func judged(
    _ data: TrainingData, folds: [Int], configuration: BoostingConfiguration, pool: WorkerPool
  ) throws -> [Judged] {
    let heldOut = (0...(folds.max() ?? 0)).map { fold in
      folds.indices.filter { folds[$0] == fold }.map { Int32($0) }
    }
    let sessions = try heldOut.indices.map { fold in
      try BoostingSession(
        data, rows: folds.indices.filter { folds[$0] != fold }.map { Int32($0) },
        configuration: configuration, seed: 42, pool: pool)
    }
    let fitted = try GradientBoosting.finish(sessions, pool: pool)
    return try zip(fitted, heldOut).map { fitted, rows in
      let scores = try fitted.model.predict(data.features.map { $0.selecting(rows) }, pool: pool)
      let refitted = configuration.refit == false ? 0 : fitted.bestIteration
      return Judged(
        auc: rankAUC(labels: rows.map { data.labels[Int($0)] }, scores: scores),
        treesGrown: fitted.validationLosses.count + refitted, treesKept: fitted.bestIteration)
    }
  }
}

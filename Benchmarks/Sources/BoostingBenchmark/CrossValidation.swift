// Cross-validation with early stopping, from a table in memory to the mean AUC of the folds.

import BenchmarkSupport
import Foundation
import GradientBoosting
import NumericCore
import Synchronization
import Tables

enum CrossValidation {
  /// Trains and judges a booster for each fold; the column `fold` says which rows it judges.
  static func measure(path: String, configuration: BoostingConfiguration) throws -> [String: Any] {
    let table = try Table.read(from: path).table
    let folds = try table.numbers("fold").map { Int($0) }
    let data = try TrainingData(table: table, leavingOut: ["fold"])
    let (results, seconds) = try ContinuousClock().timed {
      try judged(data, folds: folds, configuration: configuration)
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

  /// The folds side by side, each on one thread.
  private static func judged(
    _ data: TrainingData, folds: [Int], configuration: BoostingConfiguration
  ) throws -> [Judged] {
    let count = (folds.max() ?? 0) + 1
    let results = Mutex([Result<Judged, any Error>?](repeating: nil, count: count))
    WorkerPool(threads: count).forEach(count: count) { fold, _ in
      let result = Result {
        try judge(data, rows: { folds[$0] == fold }, configuration: configuration)
      }
      results.withLock { $0[fold] = result }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }

  private static func judge(
    _ data: TrainingData, rows isHeldOut: (Int) -> Bool, configuration: BoostingConfiguration
  ) throws -> Judged {
    let pool = WorkerPool(threads: 1)
    let all = 0..<Int32(data.labels.count)
    let heldOut = all.filter { isHeldOut(Int($0)) }
    let fitted = try GradientBoosting.fit(
      data, rows: all.filter { !isHeldOut(Int($0)) }, configuration: configuration, seed: 42,
      pool: pool)
    let scores = try fitted.model.predict(
      data.features.map { $0.selecting(heldOut) }, pool: pool)
    let searched = fitted.validationLosses.count
    let refitted = configuration.refit == false ? 0 : fitted.bestIteration
    return Judged(
      auc: rankAUC(labels: heldOut.map { data.labels[Int($0)] }, scores: scores),
      treesGrown: searched + refitted, treesKept: fitted.bestIteration)
  }
}

// Two trainings of the towers of the retrieval preset: one until the test lists are good enough,
// and one as users run it, which stops when the validation lists get no better.

import Foundation
import NumericCore
import Recommender

enum TowersRun {
  /// Measures both and writes the vectors of the second, `users.f32` and `items.f32`, into a folder.
  static func measure(
    folder: String, threads: Int, target: Double, out: String
  ) throws -> [String: Any] {
    let data = try SplitFolder(folder)
    let pool = WorkerPool(threads: threads)
    var reached: EpochReport?
    var configuration = TwoTowerConfiguration(preset: .retrieval)
    configuration.patience = 0
    do {
      _ = try fit(data, validation: data.test, configuration, pool) { report in
        if (report.validationNDCG ?? 0) >= target { reached = report }
        return reached == nil
      }
    } catch RecommenderError.cancelled {}
    let fitted = try fit(
      data, validation: data.valid, TwoTowerConfiguration(preset: .retrieval), pool)
    let lists = try ExactIndex(fitted.items.vectors).search(
      fitted.users.vectors, k: 20, excluding: data.train.byUser, pool: pool)
    for (name, vectors) in [("users", fitted.users.vectors), ("items", fitted.items.vectors)] {
      try VectorFile.write(vectors.elements, to: "\(out)/\(name).f32")
    }
    return data.judged(lists).merging(
      [
        "seconds": reached?.trainingSeconds ?? NSNull(), "epochs": reached?.epoch ?? NSNull(),
        "all_seconds": fitted.history.last?.trainingSeconds ?? 0,
        "all_epochs": fitted.history.count,
      ], uniquingKeysWith: { $1 })
  }

  private static func fit(
    _ data: SplitFolder, validation: Interactions, _ configuration: TwoTowerConfiguration,
    _ pool: WorkerPool, onEpoch: ((EpochReport) -> Bool)? = nil
  ) throws -> FittedTwoTower {
    try TwoTower.fit(
      data.train, users: TowerInputs(identifiersOnly: data.train.users),
      items: TowerInputs(identifiersOnly: data.train.items), validation: validation,
      configuration: configuration, seed: 42, pool: pool, onEpoch: onEpoch)
  }
}

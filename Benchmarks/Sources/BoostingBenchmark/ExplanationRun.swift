// Contributions of rows to the scores of a trained model, for Benchmarks/explain.py.

import BenchmarkSupport
import Foundation
import GradientBoosting
import NumericCore
import Tables

enum ExplanationRun {
  /// The fastest of some calls counts.
  private static let repeats = 5
  private static let singleRows = 1_000

  /// Trains on a table, explains the first rows of another one and says how long that takes.
  ///
  /// The folder gets `model.txt`, the model in LightGBM's format, and `contributions.bin`, the
  /// values row by row with the base behind each row, as doubles.
  static func measure(
    train: String, test: String, rows: Int, folder: String, threads: Int,
    configuration: BoostingConfiguration
  ) throws -> [String: Any] {
    let pool = WorkerPool(threads: threads)
    let model = try GradientBoosting.fit(
      TrainingData(table: Table.read(from: train).table), configuration: configuration, seed: 42,
      pool: pool
    ).model
    let features = try TrainingData(table: Table.read(from: test).table).features
    let some = features.map { $0.selecting(Array(0..<Int32(rows))) }
    var (found, least) = try ContinuousClock().timed {
      try model.contributions(some, pool: pool)
    }
    for _ in 1..<repeats {
      let (again, seconds) = try ContinuousClock().timed {
        try model.contributions(some, pool: pool)
      }
      (found, least) = (again, min(least, seconds))
    }
    var values: [Double] = []
    for row in 0..<rows { values += found.values.row(row) + [found.base] }
    let place = URL(fileURLWithPath: folder)
    try values.withUnsafeBytes { Data($0) }.write(to: place.appending(path: "contributions.bin"))
    try Data(LightGBMModel(model).bytes).write(to: place.appending(path: "model.txt"))
    return [
      "seconds": least, "leaves": model.meanLeaves,
      "single_us": singleRow(model, columns: some, pool: pool),
    ]
  }

  /// The median of the microseconds that the contributions of one row take, from its cells on.
  private static func singleRow(
    _ model: BoostedTrees, columns: [Column], pool: WorkerPool
  ) -> Double {
    let explainer = RowExplainer(model, pool: pool)
    var microseconds = SingleRows.cells(explainer.inputs, columns: columns, count: singleRows).map {
      cells in ContinuousClock().timed { explainer.values(cells) }.seconds * 1e6
    }
    microseconds.sort()
    return microseconds[singleRows / 2]
  }
}

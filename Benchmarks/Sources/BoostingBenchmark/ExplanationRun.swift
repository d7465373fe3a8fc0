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
  /// The rows whose pairs are timed, and the first of them whose matrices are written.
  private static let (pairRows, writtenPairRows) = (2_000, 100)

  /// Trains on a table, explains the first rows of another one and says how long that takes.
  ///
  /// The folder gets `model.txt`, the model in LightGBM's format, and as doubles
  /// `contributions.bin`, the values row by row with the base behind each row, and
  /// `interactions.bin`, the matrices of the first rows.
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
    let (found, least) = try fastest { try model.contributions(some, pool: pool) }
    var values: [Double] = []
    for row in 0..<rows { values += found.values.row(row) + [found.base] }
    let place = URL(fileURLWithPath: folder)
    try values.withUnsafeBytes { Data($0) }.write(to: place.appending(path: "contributions.bin"))
    try Data(LightGBMModel(model).bytes).write(to: place.appending(path: "model.txt"))
    let first = some.map { $0.selecting(Array(0..<Int32(min(rows, pairRows)))) }
    let (interactions, leastOfPairs) = try fastest {
      let explainer = InteractionExplainer(model, pool: pool)
      return (pairs: explainer.pairs, values: try explainer.values(first, pool: pool))
    }
    let matrices = (0..<min(rows, writtenPairRows)).flatMap { row in
      matrix(interactions.pairs, interactions.values.row(row), shapley: found.values.row(row))
    }
    try matrices.withUnsafeBytes { Data($0) }.write(to: place.appending(path: "interactions.bin"))
    return [
      "seconds": least, "pair_seconds": leastOfPairs, "leaves": model.meanLeaves,
      "single_us": singleRow(model, columns: some, pool: pool),
    ]
  }

  /// The result of the fastest of some calls, and its seconds.
  private static func fastest<Result>(
    _ body: () throws -> Result
  ) throws -> (result: Result, seconds: Double) {
    let first = try ContinuousClock().timed(body)
    return try (1..<repeats).reduce(first) { fastest, _ in
      let again = try ContinuousClock().timed(body)
      return again.seconds < fastest.seconds ? again : fastest
    }
  }

  /// The matrix of a row, whose rows add up to the Shapley values.
  private static func matrix(
    _ pairs: [InputPair], _ values: ArraySlice<Double>, shapley: ArraySlice<Double>
  ) -> [Double] {
    let count = shapley.count
    var matrix = [Double](repeating: 0, count: count * count)
    for (input, value) in shapley.enumerated() { matrix[input * count + input] = value }
    for (pair, value) in zip(pairs, values) {
      for (one, other) in [(pair.first, pair.second), (pair.second, pair.first)] {
        matrix[one * count + other] = value
        matrix[one * count + one] -= value
      }
    }
    return matrix
  }

  /// The median of the microseconds that the contributions of one row take, from its cells on.
  private static func singleRow(
    _ model: BoostedTrees, columns: [Column], pool: WorkerPool
  ) -> Double {
    let explainer = RowExplainer(model, pool: pool)
    let count = min(singleRows, columns.first?.count ?? 0)
    var microseconds = SingleRows.cells(explainer.inputs, columns: columns, count: count).map {
      cells in ContinuousClock().timed { explainer.values(cells) }.seconds * 1e6
    }
    microseconds.sort()
    return microseconds[count / 2]
  }
}

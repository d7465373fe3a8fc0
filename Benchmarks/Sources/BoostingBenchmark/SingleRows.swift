// The latency of predicting rows one at a time with a model that was prepared once.

import Foundation
import GradientBoosting
import Tables

enum SingleRows {
  private static let warmUp = 200

  /// The median and the 99th percentile of the microseconds from a row's cells to its probability.
  ///
  /// - Parameter predictions: of the whole table; those of single rows must be the same.
  static func measure(
    _ model: BoostedTrees, columns: [Column], predictions: [Double], most: Int = 20_000
  ) throws -> (median: Double, percentile99: Double) {
    let scorer = RowScorer(model)
    let rows = cells(scorer.inputs, columns: columns, count: min(most, predictions.count))
    let clock = ContinuousClock()
    var microseconds: [Double] = []
    microseconds.reserveCapacity(rows.count)
    for cells in rows.prefix(warmUp) { _ = scorer.rawScore(cells) }
    for (row, cells) in rows.enumerated() {
      let start = clock.now
      let probability = 1 / (1 + exp(-scorer.rawScore(cells)))
      microseconds.append(start.duration(to: clock.now) / .microseconds(1))
      guard abs(probability - predictions[row]) < 1e-12 else {
        throw CocoaError(
          .coderInvalidValue, userInfo: [NSDebugDescriptionErrorKey: "single row \(row) differs"])
      }
    }
    microseconds.sort()
    return (microseconds[rows.count / 2], microseconds[rows.count * 99 / 100])
  }

  /// The first rows of a table, each with one cell for every input of a model.
  static func cells(
    _ inputs: [BoostedTrees.Input], columns: [Column], count: Int
  ) -> [[RowScorer.Cell]] {
    let byInput = inputs.map { input in
      columns.first { $0.name == input.name }.map { Self.cells($0, count: count) } ?? []
    }
    return (0..<count).map { row in byInput.map { row < $0.count ? $0[row] : .missing } }
  }

  private static func cells(_ column: Column, count: Int) -> [RowScorer.Cell] {
    switch column.values {
    case .number(let values), .timestamp(let values):
      values.doubles(rows: Array(0..<Int32(count))).map { .number($0) }
    case .category(let values): (0..<count).map { values[$0].map { .category($0) } ?? .missing }
    case .text: []
    }
  }
}

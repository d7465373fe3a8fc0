// Random rows for the tests: probabilities with and without ties, rare positives, weights.
import Evaluation
import NumericCore
import Testing

/// What one set of rows looks like.
struct RowShape: Sendable, CustomTestStringConvertible {
  var rows: Int
  var positiveRate = 0.3
  /// The number of different probabilities; nil for practically no ties.
  var levels: Int?
  var weighted = false

  var testDescription: String {
    "\(rows) rows, \(positiveRate) positive, \(levels.map(String.init) ?? "no") levels"
      + (weighted ? ", weighted" : "")
  }

  static let all = [
    RowShape(rows: 2), RowShape(rows: 3), RowShape(rows: 10), RowShape(rows: 41, levels: 3),
    RowShape(rows: 200, levels: 1), RowShape(rows: 300, weighted: true),
    RowShape(rows: 500, levels: 20, weighted: true), RowShape(rows: 1_000, positiveRate: 0.003),
    RowShape(rows: 1_001, positiveRate: 0.997, levels: 50), RowShape(rows: 2_000),
  ]

  /// Rows of both classes whose probabilities say something about the labels.
  func make() throws -> ScoredRows {
    let random = CounterRandom(seed: UInt64(rows), stream: UInt64(levels ?? 0))
    var labels: [Bool] = []
    var probabilities: [Double] = []
    var weights: [Double] = []
    for row in 0..<rows {
      let draws = (0..<3).map { random.uniform(at: UInt64(3 * row + $0)) }
      let label = row == 0 || (row > 1 && draws[0] < positiveRate)
      var probability = min(1, max(0, (label ? 0.2 : -0.1) + draws[1]))
      if let levels { probability = (probability * Double(levels)).rounded() / Double(levels) }
      if levels == 1 { probability = 0.25 }
      labels.append(label)
      probabilities.append(probability)
      // Some rows count nothing, but never the first two: both classes keep weight.
      weights.append(row > 1 && draws[2] < 0.1 ? 0 : 4 * draws[2] + 0.1)
    }
    return try ScoredRows(
      labels: labels, probabilities: probabilities, weights: weighted ? weights : nil)
  }
}

// Why rows are predicted as they are: for each row the columns that moved its score the most, and
// over a sample of rows how much each column moves scores on the whole.
import GradientBoosting
import LearningTasks
import NumericCore
import Tables
import Texts

/// The strongest reasons of predictions.
enum PredictionReasons {
  /// So many rows are explained at a time, to bound memory.
  private static let blockRows = 16_384
  /// The most and the fewest rows that mean contributions are computed on: large models, whose
  /// contributions cost more, get fewer, so that explaining takes a second or so.
  private static let sampledRows = 200...2_000
  private static let mostVisitedLeaves = 400_000_000.0

  /// Makes columns of reasons and their effects, for all rows of a table.
  ///
  /// They are called `reason_1`, `reason_1_effect`, `reason_2` and so on. A reason is a column with
  /// its value, "tenure = 3" or "tenure is missing"; its effect is its Shapley value in the
  /// log-odds of the trees, positive where it raises the risk. Reasons are in descending order of
  /// their absolute effect, equal ones in the order of the columns.
  ///
  /// - Precondition: `count` is not above the number of columns that the trees read.
  /// - Throws: `GradientBoostingError.missingFeature`; `TaskError.cancelled`.
  static func columns(
    _ count: Int, of features: [Column], rowCount: Int, trees: BoostedTrees, context: RunContext
  ) throws -> [Column] {
    precondition(count <= trees.inputs.count, "\(count) of \(trees.inputs.count) reasons")
    var reasons = [[String?]](repeating: [], count: count)
    var effects = [[Double]](repeating: [], count: count)
    for start in stride(from: 0, to: rowCount, by: blockRows) {
      try context.checkCancelled()
      let rows = Array(Int32(start)..<Int32(min(rowCount, start + blockRows)))
      let block = features.map { $0.selecting(rows) }
      let values = try trees.contributions(block, pool: context.pool).values
      let inputs = trees.inputs.compactMap { input in
        block.first { $0.name.hasSameBytes(as: input.name) }
      }
      for row in rows.indices {
        for (rank, input) in strongest(count, of: values.row(row)).enumerated() {
          reasons[rank].append(reason(inputs[input], row: row))
          effects[rank].append(values[row, input])
        }
      }
    }
    let values = zip(reasons, effects).flatMap { reasons, effects -> [Column.Values] in
      [.text(TextColumn(reasons)), .number(NumberColumn(effects))]
    }
    return zip(fields(count), values).map { Column(name: $0.name, values: $1) }
  }

  /// The names and kinds of the columns of a number of reasons.
  static func fields(_ count: Int) -> [Schema.Field] {
    (0..<count).flatMap { rank in
      [
        Schema.Field(name: "reason_\(rank + 1)", kind: .text),
        Schema.Field(name: "reason_\(rank + 1)_effect", kind: .number),
      ]
    }
  }

  /// The mean absolute Shapley value of each column of a model, by name, in log-odds.
  ///
  /// - Parameters:
  ///   - mostRows: how many rows are drawn at most; nil for 2,000.
  ///   - seed: decides which rows are drawn.
  static func meanAbsoluteContributions(
    of features: [Column], rowCount: Int, trees: BoostedTrees, mostRows: Int?, seed: UInt64,
    pool: WorkerPool
  ) throws -> [ByteText: Double] {
    let rows = sample(rowCount: rowCount, trees: trees, mostRows: mostRows, seed: seed)
    let values = try trees.contributions(features.map { $0.selecting(rows) }, pool: pool).values
    var sums = [Double](repeating: 0, count: trees.inputs.count)
    for row in rows.indices {
      for (input, value) in values.row(row).enumerated() { sums[input] += abs(value) }
    }
    return Dictionary(
      uniqueKeysWithValues: zip(
        trees.inputs.map { ByteText($0.name) }, sums.map { $0 / Double(rows.count) }))
  }

  /// The mean absolute contributions of a model to the rows that it was trained on.
  ///
  /// - Throws: `TaskError.cancelled`.
  static func contributions(
    _ rows: LabelledRows, trees: BoostedTrees, mostRows: Int?, seed: UInt64, context: RunContext
  ) throws -> [ByteText: Double] {
    try context.begin("explaining")
    return try context.measure(.importances) {
      try meanAbsoluteContributions(
        of: rows.columns.features, rowCount: rows.rowCount, trees: trees, mostRows: mostRows,
        seed: seed, pool: context.pool)
    }
  }

  private static func sample(
    rowCount: Int, trees: BoostedTrees, mostRows: Int?, seed: UInt64
  ) -> [Int32] {
    let leaves = max(1, Double(trees.treeCount) * trees.meanLeaves)
    let affordable = Int(min(mostVisitedLeaves / leaves, 1e9))
    let count = min(
      max(affordable, sampledRows.lowerBound), mostRows ?? sampledRows.upperBound,
      sampledRows.upperBound)
    let rows = Array(0..<Int32(rowCount))
    guard rowCount > count else { return rows }
    // A stream of its own: folds and trees draw from others.
    var generator = SeededGenerator(seed: seed, stream: 0x5AB1)
    return rows.shuffled(using: &generator).prefix(count).sorted()
  }

  /// The places of the largest absolute values, strongest first, equal ones in their order.
  static func strongest(_ count: Int, of row: ArraySlice<Double>) -> [Int] {
    var strongest: [(place: Int, size: Double)] = []
    for (place, value) in row.enumerated() {
      let size = abs(value)
      if strongest.count == count {
        guard let last = strongest.last, size > last.size else { continue }
        strongest.removeLast()
      }
      let rank = strongest.firstIndex { size > $0.size } ?? strongest.count
      strongest.insert((place, size), at: rank)
    }
    return strongest.map(\.place)
  }

  /// A column with its value in a row.
  static func reason(_ column: Column, row: Int) -> String {
    column.text(row: row).map { "\(column.name) = \($0)" } ?? "\(column.name) is missing"
  }
}

/// How much a feature contributed to the trees.
package struct ReportedImportance: Codable, Sendable {
  /// The column.
  package var feature: String
  /// The sum of the gains of its splits.
  package var gain: Double
  /// The number of its splits.
  package var splits: Int
  /// Its share of the gains of all features, 0 to 1.
  package var share: Double
  /// The mean absolute Shapley value, in raw scores (of a classifier log-odds), over at most 2,000
  /// training rows.
  package var meanAbsoluteContribution: Double

  enum CodingKeys: String, CodingKey {
    case feature, gain, splits, share
    case meanAbsoluteContribution = "mean_abs_contribution"
  }

  /// The features of a model, most important first.
  ///
  /// - Parameter contributions: the mean absolute contribution of each feature, by name.
  static func all(
    of trees: BoostedTrees, contributions: [ByteText: Double]
  ) -> [ReportedImportance] {
    trees.importances().map {
      ReportedImportance(
        feature: $0.feature, gain: $0.gain, splits: $0.splits, share: $0.share,
        meanAbsoluteContribution: contributions[ByteText($0.feature)] ?? 0)
    }
  }
}

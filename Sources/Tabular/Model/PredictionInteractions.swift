// Which two columns moved the score of a row together, beyond what each did alone.
import GradientBoosting
import LearningTasks
import NumericCore
import Tables
import Texts

/// The strongest interactions of predictions.
enum PredictionInteractions {
  /// The most rows that are computed at a time.
  private static let mostRows = 16_384
  /// Rows of which blocks occupy many threads, and rows that a kernel takes at once.
  private static let (parallelRows, groupRows) = (128, 8)
  /// The most values of pairs that are computed at a time, and those for `parallelRows`: 32 MB and
  /// 128 MB.
  private static let (blockValues, parallelValues) = (4_194_304, 16_777_216)

  /// How many rows are computed at a time, to bound memory, in a model with some pairs.
  static func blockRows(pairs: Int) -> Int {
    let pairs = max(1, pairs)
    let parallel = min(parallelRows, parallelValues / pairs)
    return min(max(blockValues / pairs, parallel, groupRows), mostRows)
  }

  /// Makes columns of interactions and their effects, for all rows of a table.
  ///
  /// They are called `interaction_1`, `interaction_1_effect`, `interaction_2` and so on. An
  /// interaction is two columns with their values, "tenure = 3 and plan is missing"; its effect is
  /// their Shapley interaction value in the log-odds of the trees, positive where the two raise the
  /// risk together more than apart. It is the value in each of the two cells of shap's matrix.
  /// Interactions are in descending order of their absolute effect, equal ones in the order of the
  /// columns.
  ///
  /// - Precondition: `count` is not above the number of pairs that the trees join.
  /// - Throws: `GradientBoostingError.missingFeature`; `TaskError.cancelled`.
  static func columns(
    _ count: Int, of features: [Column], rowCount: Int, trees: BoostedTrees, context: RunContext
  ) throws -> [Column] {
    let explainer = InteractionExplainer(trees, pool: context.pool)
    let pairs = explainer.pairs
    precondition(count <= pairs.count, "\(count) of \(pairs.count) interactions")
    let step = blockRows(pairs: pairs.count)
    var texts = [[String?]](repeating: [], count: count)
    var effects = [[Double]](repeating: [], count: count)
    for start in stride(from: 0, to: rowCount, by: step) {
      try context.checkCancelled()
      let rows = Array(Int32(start)..<Int32(min(rowCount, start + step)))
      let block = features.map { $0.selecting(rows) }
      let values = try explainer.values(block, pool: context.pool)
      let inputs = trees.inputs.compactMap { input in
        block.first { $0.name.hasSameBytes(as: input.name) }
      }
      for row in rows.indices {
        for (rank, place) in PredictionReasons.strongest(count, of: values.row(row)).enumerated() {
          let both = [pairs[place].first, pairs[place].second].map {
            PredictionReasons.reason(inputs[$0], row: row)
          }
          texts[rank].append(both.joined(separator: " and "))
          effects[rank].append(values[row, place])
        }
      }
    }
    let values = zip(texts, effects).flatMap { texts, effects -> [Column.Values] in
      [.text(TextColumn(texts)), .number(NumberColumn(effects))]
    }
    return zip(fields(count), values).map { Column(name: $0.name, values: $1) }
  }

  /// The names and kinds of the columns of a number of interactions.
  static func fields(_ count: Int) -> [Schema.Field] {
    (0..<count).flatMap { rank in
      [
        Schema.Field(name: "interaction_\(rank + 1)", kind: .text),
        Schema.Field(name: "interaction_\(rank + 1)_effect", kind: .number),
      ]
    }
  }
}

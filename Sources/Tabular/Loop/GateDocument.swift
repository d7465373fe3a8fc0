// gate.json of a model of a table, and what judging reads and hands on.
package import Evaluation
import LearningTasks
import Storage
import Tables

/// gate.json.
struct GateDocument<Metrics: Encodable & Sendable, Comparison: ModelComparison>: Encodable {
  var challenger: String
  var champion: String?
  var rows: Int
  /// The rows of the positive class; absent where there are no classes.
  var positives: Int?
  /// How often the champion was compared on these or overlapping rows before.
  var comparisons: Int
  var metrics: Metrics
  var championMetrics: Metrics?
  var paired: Comparison?
  /// The rows that are new to the champion; nil where there are too few.
  var newRows: GateNewRows<Metrics, Comparison>?
  /// Whether the champion is surely worse than a baseline.
  var championHasFallen: Bool?
  /// Whether the challenger is surely better than the champion.
  var isBetter: Bool?
  var segments: [GateSegment] = []
  var checks: [GateCheck] = []
  var passes = false

  enum CodingKeys: String, CodingKey {
    case challenger, champion, rows, positives, comparisons, metrics, paired, segments, checks,
      passes
    case championMetrics = "champion_metrics"
    case newRows = "new_rows"
    case championHasFallen = "champion_has_fallen"
    case isBetter = "is_better"
  }
}

/// The rows of files that the champion did not have.
package struct GateNewRows<Metrics: Encodable & Sendable, Comparison: ModelComparison>: Encodable {
  var rows: Int
  var positives: Int?
  package var metrics: Metrics
  package var championMetrics: Metrics
  package var paired: Comparison
  /// The champion's loss beside that of the targets' distribution alone.
  var championBesidePrior: PairedComparison.Difference

  enum CodingKeys: String, CodingKey {
    case rows, positives, metrics, paired
    case championMetrics = "champion_metrics"
    case championBesidePrior = "champion_beside_prior"
  }
}

/// Both models on the rows of one category.
package struct GateSegment: Encodable {
  /// What the models are compared by.
  package enum Measure: String, CodingKey {
    case auc, loss
  }

  package var name: RowGroupName
  var rows: Int
  var measure: Measure
  package var difference: PairedComparison.Difference

  private enum CodingKeys: String, CodingKey { case column, level, rows }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name.column, forKey: .column)
    try container.encode(name.level, forKey: .level)
    try container.encode(rows, forKey: .rows)
    var measures = encoder.container(keyedBy: Measure.self)
    try measures.encode(difference, forKey: measure)
  }
}

/// A group of rows by a category.
package struct RowGroupName: Sendable {
  var column: String
  var level: String

  package var words: String { "where \(column) is '\(level)'" }
}

/// The rows of a category.
package typealias RowsOfCategory = (name: RowGroupName, rows: [Int])

/// What the holdout table does not say: its last rows are of files that the champion did not have.
struct HoldoutNote: Codable {
  static let fileName = "holdout.json"
  var newRows: Int

  enum CodingKeys: String, CodingKey { case newRows = "new_rows" }
}

extension HoldoutNote {
  /// Reads the note of a work folder.
  ///
  /// - Parameter rows: those of the holdout.
  /// - Throws: `StorageError`.
  init(work: String, rows: Int) throws {
    let path = "\(work)/\(Self.fileName)"
    self = try JSONDocument.value(Self.self, from: try AtomicFile.read(path), file: path)
    guard (0...rows).contains(newRows) else {
      throw StorageError.corrupt(
        file: path, item: "key new_rows", found: "\(newRows)", expected: "0 to \(rows)")
    }
  }
}

/// The predictions of both for the same rows.
package struct GateSides<Rows: GateRows, Reached: ReachedQuality> {
  package var champion: Rows
  package var challenger: Rows
  var table: Table
  /// The rows of files that the champion did not have.
  package var newRows: Range<Int>
  /// What the champion reached when it was trained.
  package var earlier: Reached

  /// Both on some of the rows.
  package func selecting(_ rows: [Int]) throws -> (champion: Rows, challenger: Rows) {
    (
      try champion.selecting(rows, groups: challenger.groups),
      try challenger.selecting(rows, groups: challenger.groups)
    )
  }
}

/// How much the challenger lacks on the new rows, beside the champion when that was new.
///
/// Noise costs the challenger as much as the champion; a change of the world it learns.
package struct LabelCost {
  /// What they cost.
  let lost: Double
  /// What they may cost, as far as 95 % sure.
  let most: Double
  /// Whether they cost too little to think of noise.
  let isUnsuspicious: Bool

  /// - Parameters:
  ///   - byChance: what they may cost without being taken for noise.
  ///   - champion: what they cost the champion.
  package init(lost: Double, byChance: Double, champion: Double) {
    self.lost = lost
    most = max(byChance, champion / 2)
    isUnsuspicious = lost <= max(byChance / 2, champion / 2)
  }
}

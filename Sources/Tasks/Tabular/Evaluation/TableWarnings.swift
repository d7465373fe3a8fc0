// What makes the numbers of a model doubtful: rows that were learnt from, categories that are new,
// rows that are too few. Warnings for people; nothing that is written depends on them.
import GradientBoosting
import NumericCore
import Storage
import Tables
import Texts

/// Doubts about a model or its metrics, one line each.
enum TableWarnings {
  /// Rows below which metrics are rough.
  private static let fewRows = 100

  /// The doubt about a test table that is the training table.
  static func sameTable(_ test: Manifest.Input) -> [String] {
    ["\(test.name) of --test is the training data itself: the metrics say nothing about new rows"]
  }

  /// The doubts about a test table that has customers or rows of the training table, which are
  /// those that splits of one table would keep together.
  ///
  /// - Parameters:
  ///   - test: the test table, whose identifiers may be missing.
  ///   - labels: those of the test table.
  static func overlap(
    _ data: LabelledRows, test: Manifest.Input, identifiers: [Column], features: [Column],
    labels: [Double], pool: WorkerPool
  ) -> [String] {
    let shown = "\(test.name) of --test"
    let training = data.rowCount
    /// For each row of the test table whether its first row is in the training table.
    func known(_ first: [Int32]?) -> [Bool] {
      first.map { $0[training...].map { $0 < training } }
        ?? [Bool](repeating: false, count: labels.count)
    }
    let sharing = known(
      identifiers.isEmpty
        ? nil
        : RowGroups.firstRows(
          withKeys: RowHashes.ofIdentifiers(data.identifiers, rowCount: training, pool: pool)
            + RowHashes.ofIdentifiers(identifiers, rowCount: labels.count, pool: pool),
          alone: RowHashes.ofMissingCells(columns: identifiers.count)))
    let equal = known(
      RepeatedRows.equalRows(
        keys: RowHashes.of(data.columns.features, rowCount: training, pool: pool)
          + RowHashes.of(features, rowCount: labels.count, pool: pool),
        labels: data.labels + labels,
        features: data.columns.features, pool: pool))
    let shared = sharing.count { $0 }
    let repeated = zip(sharing, equal).count { !$0 && $1 }
    var doubts: [String] = []
    if shared > 0 {
      doubts.append(
        "\(shared) of the \(labels.count) rows of \(shown) have an identifier that is in the "
          + "training data too: on customers that were learnt from the metrics are too good")
    }
    if repeated > 0 {
      doubts.append(
        "\(repeated) of the \(labels.count) rows of \(shown) are equal to rows of the training "
          + "data: on rows that were learnt from the metrics are too good")
    }
    return doubts
  }

  /// The doubt about a table to evaluate on: that the model was trained on it.
  ///
  /// - Parameter test: the test table of training, which was not learnt from.
  static func learntFrom(
    _ table: Manifest.Input, manifest: Manifest, test: String?
  ) -> [String] {
    guard manifest.learntInputs(test: test).contains(where: { $0.fingerprint == table.fingerprint })
    else { return [] }
    return [
      "the model was trained on \(table.name) itself: the metrics say nothing about new rows"
    ]
  }

  /// The doubts about tables to judge on or to calibrate on: that the model continued from was
  /// trained on them.
  ///
  /// - Parameter learnt: the tables that it has learnt from.
  static func learntBefore(
    judged: [Manifest.Input], calibrated: Manifest.Input?, by learnt: [Manifest.Input]
  ) -> [String] {
    func isLearnt(_ table: Manifest.Input) -> Bool {
      learnt.contains { $0.fingerprint == table.fingerprint }
    }
    return judged.filter(isLearnt).map {
      "the model continued from has learnt from the rows of \($0.name): the metrics are too good"
    }
      + [calibrated].compactMap(\.self).filter(isLearnt).map {
        "the model continued from has learnt from the rows of \($0.name), on which calibration is "
          + "fitted: probabilities are too close to 0 and 1"
      }
  }

  /// The doubt about metrics of few rows.
  static func fewRows(_ count: Int) -> [String] {
    count < fewRows
      ? ["the metrics are measured on only \(count) rows, and so are rough"] : []
  }

  /// A column with categories that the model has never seen.
  struct UnseenCategories {
    let column: String
    /// How many of the rows have one, and how many have any category.
    let count: Int
    let present: Int
    let rows: Int
    /// The first of them.
    let example: String
    /// Some that the model has seen, in the order of their bytes.
    let known: [String]
  }

  /// Notes categories that a model has never seen, and warns where more than half of the rows, or
  /// all that have any category, have one.
  static func tellUnseen(_ columns: [UnseenCategories], context: RunContext) {
    for column in columns {
      let isAll = column.count == column.present && column.count > 1
      if isAll || column.count * 2 > column.rows {
        context.warn([column.description])
      } else {
        context.progress(.note(column.description))
      }
    }
  }

  /// The columns with categories that a model has never seen.
  static func unseenCategories(
    in columns: [Column], of trees: BoostedTrees
  ) -> [UnseenCategories] {
    var known: [ByteText: Set<ByteText>] = [:]
    for feature in trees.features {
      switch feature.encoding {
      case .number: continue
      case .category(let levels), .levelValue(let levels, _, _, _):
        known[ByteText(trees.inputs[feature.input].name), default: []]
          .formUnion(levels.map { ByteText($0) })
      }
    }
    return columns.compactMap { column in
      guard case .category(let cells) = column.values, let levels = known[ByteText(column.name)]
      else {
        return nil
      }
      let isUnseen = cells.levels.map { !levels.contains(text: $0) }
      let count = cells.codes.count { $0 >= 0 && isUnseen[Int($0)] }
      guard count > 0 else { return nil }
      return UnseenCategories(
        column: column.name, count: count, present: cells.codes.count { $0 >= 0 },
        rows: cells.count,
        example: cells.levels[isUnseen.firstIndex(of: true) ?? 0],
        known: Array(
          levels.sorted().prefix(5).map(\.string)))
    }
  }
}

extension TableWarnings.UnseenCategories: CustomStringConvertible {
  /// The fact, in one line.
  var description: String {
    let tenths = (1_000 * Double(count) / Double(rows)).rounded()
    let share = tenths == 0 ? "less than 0.1" : "\(tenths / 10)"
    return "'\(column)' has categories that the model has never seen in \(count) rows "
      + "(\(share) %), such as '\(example)'; they are treated as README.md says under missing "
      + "values"
  }
}

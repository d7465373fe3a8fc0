// What makes the numbers of a model doubtful: rows that were learnt from, categories that are new,
// rows that are too few. Warnings for people; nothing that is written depends on them.
import GradientBoosting
import LearningTasks
import NumericCore
import Storage
import Tables
import Texts

/// Doubts about a model or its metrics.
enum TableWarnings {
  /// Rows below which metrics are rough.
  private static let fewRows = 100

  /// The doubt about a test table that is the training table.
  static func sameTable(_ test: Manifest.Input) -> [RunWarning] {
    [.sameTable(test: test.name)]
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
  ) -> [RunWarning] {
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
    let rows = labels.count
    return [
      shared > 0 ? .sharedIdentifiers(rows: shared, of: rows, test: test.name) : nil,
      repeated > 0 ? .equalRows(rows: repeated, of: rows, test: test.name) : nil,
    ].compactMap(\.self)
  }

  /// The doubt about a table to evaluate on: that the model was trained on it.
  ///
  /// - Parameter test: the test table of training, which was not learnt from.
  static func learntFrom(
    _ table: Manifest.Input, manifest: Manifest, test: String?
  ) -> [RunWarning] {
    guard manifest.learntInputs(test: test).contains(where: { $0.fingerprint == table.fingerprint })
    else { return [] }
    return [.trainedOn(table: table.name)]
  }

  /// The doubts about tables to judge on or to calibrate on: that the model continued from was
  /// trained on them.
  ///
  /// - Parameter learnt: the tables that it has learnt from.
  static func learntBefore(
    judged: [Manifest.Input], calibrated: Manifest.Input?, by learnt: [Manifest.Input]
  ) -> [RunWarning] {
    func isLearnt(_ table: Manifest.Input) -> Bool {
      learnt.contains { $0.fingerprint == table.fingerprint }
    }
    return judged.filter(isLearnt).map { .learntBefore(table: $0.name) }
      + [calibrated].compactMap(\.self).filter(isLearnt).map {
        .calibratedOnLearnt(table: $0.name)
      }
  }

  /// The doubt about metrics of few rows.
  static func fewRows(_ count: Int) -> [RunWarning] {
    count < fewRows ? [.fewRows(count)] : []
  }

  /// Notes categories that a model has never seen, and warns where more than half of the rows, or
  /// all that have any category, have one.
  static func tellUnseen(_ columns: [UnseenCategories], context: RunContext) {
    for column in columns {
      let isAll = column.count == column.present && column.count > 1
      if isAll || column.count * 2 > column.rows {
        context.warn([.unseenCategories(column)])
      } else {
        context.progress(.unseenCategories(column))
      }
    }
  }

  /// The columns that a model reads and that have no value in any of several rows.
  static func emptyColumns(in columns: [Column], of trees: BoostedTrees) -> [RunWarning] {
    let read = Set(texts: trees.inputs.map(\.name))
    return columns.filter { column in
      guard column.count > 1, read.contains(text: column.name) else { return false }
      return switch column.values {
      case .number(let numbers), .timestamp(let numbers): numbers.doubles().allSatisfy(\.isNaN)
      case .category(let cells): cells.codes.allSatisfy { $0 < 0 }
      case .text: false
      }
    }.map { .emptyColumn($0.name, rows: $0.count) }
  }
}

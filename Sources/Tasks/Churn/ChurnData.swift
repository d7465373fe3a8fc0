// Reads churn tables: once to find out what the columns are, later by what was found.
import NumericCore
import Tables

/// A labelled table, ready to learn from.
struct ChurnData: Sendable {
  /// The number of rows.
  let rowCount: Int
  /// The target.
  let target: ChurnTarget
  /// The columns to learn from, and those that were left out.
  let columns: ChurnColumns
  /// The columns that identify a row.
  let identifiers: [Column]
  /// What is needed to read other data in the same way.
  let layout: ChurnLayout

  /// Reads the table that a model is trained on.
  ///
  /// - Throws: `TableError`, `TaskError`.
  static func reading(
    _ configuration: ChurnConfiguration.Data, context: TaskContext
  ) throws -> ChurnData {
    var kinds: [String: ColumnKind] = [:]
    for name in configuration.categorical { kinds[name] = .category }
    for name in configuration.id { kinds[name] = .text }
    let result = try Table.read(
      from: configuration.path,
      options: ReadOptions(
        delimiter: configuration.delimiterByte, hasHeader: configuration.header, kinds: kinds,
        excluding: Set(configuration.drop), threads: context.pool.threadCount))
    for note in result.notes { context.progress(.note(note)) }
    let table = result.table
    guard let labels = table[configuration.target] else {
      throw TaskError.noTarget(
        name: configuration.target, data: configuration.shownPath,
        suggestion: Suggestion.nearest(
          to: configuration.target, in: table.columns.map(\.name)))
    }
    let target = try ChurnTarget(
      labels, positive: configuration.positive, data: configuration.shownPath)
    if target.isGuess {
      context.warn([
        "the classes of '\(labels.name)' are the numbers \(target.negative) and "
          + "\(target.positive); \(target.positive), the rarer one, is taken for churn: give "
          + "--positive to say which"
      ])
    }
    let columns = try ChurnColumns(table, configuration: configuration, pool: context.pool)
    return ChurnData(
      rowCount: table.rowCount, target: target, columns: columns,
      identifiers: configuration.id.compactMap { table[$0] },
      layout: ChurnLayout(
        target: Schema.Field(name: labels.name, kind: labels.kind), positive: target.positive,
        negative: target.negative, id: configuration.id,
        features: columns.features.map { Schema.Field(name: $0.name, kind: $0.kind) },
        partitions: result.partitionNames.isEmpty ? nil : result.partitionNames,
        dropped: columns.dropped, header: configuration.header))
  }
}

extension ChurnConfiguration.Data {
  /// The table as messages name it.
  var shownPath: String { LocationText.shown(path) }

  /// The delimiter as a byte; nil finds it out.
  var delimiterByte: UInt8? { Self.byte(of: delimiter) }

  /// The byte of a delimiter as it is written in settings.
  static func byte(of delimiter: String?) -> UInt8? {
    delimiter == "tab" ? UInt8(ascii: "\t") : delimiter?.utf8.first
  }
}

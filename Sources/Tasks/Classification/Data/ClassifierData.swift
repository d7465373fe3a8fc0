// Reads churn tables: once to find out what the columns are, later by what was found.
import Configuration
import GradientBoosting
import NumericCore
import Storage
import Tables
import Texts

/// A labelled table, ready to learn from.
struct ClassifierData: Sendable {
  /// The number of rows.
  let rowCount: Int
  /// The target.
  let target: ClassTarget
  /// The columns to learn from, and those that were left out.
  let columns: FeatureColumns
  /// The columns that identify a row.
  let identifiers: [Column]
  /// The rows that stay together in every split.
  let repeats: RepeatedRows
  /// What is needed to read other data in the same way.
  let layout: ClassifierLayout
  /// The table for the manifest.
  let input: Manifest.Input

  /// Reads the table that a model is trained on.
  ///
  /// Where training continues from a model, its columns are read as it reads them, and its classes
  /// are those of the target.
  ///
  /// - Throws: `TableError`, `TaskError`.
  static func reading(
    _ configuration: ChurnConfiguration.Data, continuing continued: InitialModel?,
    context: RunContext
  ) throws -> ClassifierData {
    var options = try configuration.readOptions(threads: context.pool.threadCount)
    options.excluding = Set(texts: configuration.drop)
    options.mostColumns = BoostingLimits.mostFeatures + configuration.id.count + 1
    if let continued {
      options.kinds = try continued.kinds(for: configuration, asked: options.kinds)
      continued.layout.lay(under: &options)
    }
    let result = try Table.read(from: configuration.path, options: options)
    for note in result.notes { context.progress(.note(note)) }
    ExtractMarker.warnIfIncomplete(configuration.path, context: context)
    let table = result.table
    guard let labels = table[configuration.target] else {
      throw TaskError.noTarget(
        name: configuration.target, data: configuration.shownPath,
        suggestion: Suggestion.nearest(
          to: configuration.target, in: table.columns.map(\.name)))
    }
    try continued?.checkPositive(configuration.positive)
    let target =
      if let continued {
        try ClassTarget(
          labels, positive: continued.positive, negative: continued.negative,
          data: configuration.shownPath)
      } else {
        try ClassTarget(
          labels, positive: configuration.positive, data: configuration.shownPath)
      }
    if target.isGuess {
      context.warn([
        "the classes of '\(labels.name)' are the numbers \(target.negative) and "
          + "\(target.positive); \(target.positive), the rarer one, is taken for churn: give "
          + "--positive to say which"
      ])
    }
    let columns = try FeatureColumns(
      table, findings: result.findings, configuration: configuration,
      keeping: continued?.inputNames ?? [], pool: context.pool)
    for finding in result.findings where finding.name != labels.name {
      if let note = finding.note { context.progress(.note(note)) }
    }
    let identifiers = configuration.id.compactMap { table[$0] }
    let repeats = RepeatedRows(
      identifiers: identifiers, features: columns.features, labels: target.labels,
      pool: context.pool)
    repeats.counts?.tell(
      of: configuration.shownPath, rowCount: table.rowCount, context: context)
    return ClassifierData(
      rowCount: table.rowCount, target: target, columns: columns, identifiers: identifiers,
      repeats: repeats,
      layout: ClassifierLayout(
        formatVersion: continued?.layout.formatVersion ?? ClassifierLayout.newestFormatVersion,
        target: Schema.Field(name: labels.name, kind: labels.kind), positive: target.positive,
        negative: target.negative, id: configuration.id,
        features: columns.features.map { Schema.Field(name: $0.name, kind: $0.kind) },
        partitions: result.partitionNames.isEmpty ? nil : result.partitionNames,
        dropped: columns.dropped, header: configuration.header,
        decimal: ClassifierLayout.recorded(decimal: options.decimal),
        dates: ClassifierLayout.recorded(
          dates: options.dates, of: columns.features.map(\.name)),
        columnKinds: columns.descriptions(
          of: result.findings, configuration, continued: continued?.inputNames ?? [])),
      input: try Manifest.Input(configuration.path, files: result.files))
  }
}

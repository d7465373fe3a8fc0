// A labelled table that a model is trained on, read once to find out what its columns are.
import Configuration
import GradientBoosting
import LearningTasks
import LinearModels
import NumericCore
import Preprocessing
import Storage
package import Tables
package import Texts

/// A labelled table as it was read.
struct LabelledTable {
  let configuration: LabelledTableConfiguration
  let options: ReadOptions
  let result: ReadResult
  /// The target.
  let target: Column

  /// Reads a table.
  ///
  /// - Parameter adapt: changes how it is read.
  /// - Throws: `TableError`, `TaskError`, `ConfigurationError`.
  init(
    _ configuration: LabelledTableConfiguration, context: RunContext,
    adapting adapt: (inout ReadOptions) throws -> Void
  ) throws {
    var options = try configuration.readOptions(threads: context.pool.threadCount)
    options.excluding = Set(texts: configuration.drop)
    options.mostColumns = BoostingLimits.mostFeatures + configuration.id.count + 1
    try adapt(&options)
    let result: ReadResult
    do {
      result = try Table.read(from: configuration.path, options: options)
    } catch TableError.badCell(
      let file, let row, let line, configuration.target, let cell, .number)
    {
      throw TaskError.textTarget(
        column: configuration.target, place: line.map { "line \($0)" } ?? "row \(row)", found: cell,
        data: file)
    }
    for note in result.notes { context.progress(.note(note)) }
    ExtractMarker.warnIfIncomplete(configuration.path, context: context)
    guard let target = result.table[configuration.target] else {
      throw TaskError.noTarget(
        name: configuration.target, data: configuration.shownPath,
        known: result.table.columns.map(\.name))
    }
    self.configuration = configuration
    self.options = options
    self.result = result
    self.target = target
  }

  /// Sorts the columns by their roles, and finds the rows that repeat each other.
  ///
  /// - Parameters:
  ///   - labels: the target as numbers.
  ///   - kept: columns that are not left out though they hold nothing to learn from.
  /// - Throws: `TaskError`.
  func rows(
    labels: [Double], keeping kept: Set<ByteText> = [], context: RunContext
  ) throws -> LabelledRows {
    let table = result.table
    let columns = try FeatureColumns(
      table, findings: result.findings, configuration: configuration, keeping: kept,
      pool: context.pool)
    context.tell(result.findings, except: target.name)
    let identifiers = configuration.id.compactMap { table[$0] }
    let repeats = RepeatedRows(
      identifiers: identifiers, features: columns.features, labels: labels, pool: context.pool)
    repeats.counts?.tell(of: configuration.shownPath, rowCount: table.rowCount, context: context)
    return LabelledRows(
      labels: labels, columns: columns, identifiers: identifiers, repeats: repeats,
      columnKinds: columns.descriptions(of: result.findings, configuration, continued: kept),
      input: try Manifest.Input(configuration.path, files: result.files))
  }

  /// What is needed to read other data in the same way.
  ///
  /// - Parameter formatVersion: that of the model continued from; nil for the newest.
  func layout(_ rows: LabelledRows, formatVersion: Int? = nil) -> ColumnLayout {
    let features = rows.columns.features
    return ColumnLayout(
      formatVersion: formatVersion ?? ColumnLayout.newestFormatVersion,
      target: Schema.Field(name: target.name, kind: target.kind), id: configuration.id,
      features: features.map { Schema.Field(name: $0.name, kind: $0.kind) },
      partitions: result.partitionNames.isEmpty ? nil : result.partitionNames,
      dropped: rows.columns.dropped, header: configuration.header,
      decimal: ColumnLayout.recorded(decimal: options.decimal),
      dates: ColumnLayout.recorded(dates: options.dates, of: features.map(\.name)),
      columnKinds: rows.columnKinds)
  }
}

/// The rows of a labelled table, ready to learn from.
package struct LabelledRows: Sendable {
  /// The target as numbers.
  package let labels: [Double]
  /// The columns to learn from, and those that were left out.
  package let columns: FeatureColumns
  /// The columns that identify a row.
  let identifiers: [Column]
  /// The rows that stay together in every split.
  let repeats: RepeatedRows
  /// All columns: what they are for, what they hold, and why.
  let columnKinds: [ColumnDescription]
  /// The table for the manifest.
  let input: Manifest.Input

  /// The number of rows.
  var rowCount: Int { labels.count }
  /// All rows.
  var allRows: [Int32] { Array(0..<Int32(rowCount)) }
}

/// preprocessing.json of a model that needs to know nothing but columns.
package struct ColumnLayout: TableLayout, Equatable {
  package var formatVersion = newestFormatVersion
  package var target: Schema.Field
  package var id: [String]
  package var features: [Schema.Field]
  package var partitions: [String]?
  package var dropped: [DroppedColumn]
  package var header: Bool
  package var decimal: String?
  package var dates: NamedValues<String>?
  package var columnKinds: [ColumnDescription]?

  enum CodingKeys: String, CodingKey {
    case target, id, features, partitions, dropped, header, decimal, dates
    case columnKinds = "column_kinds"
    case formatVersion = "format_version"
  }

  package var problem: String? { columnProblem }
}

extension BaselineDesign {
  /// The files in the folder scalers of a run.
  ///
  /// - Throws: `PreprocessingError`.
  func scalerFiles() throws -> [RunFileContent] {
    let (encoder, scaler) = (pipeline.encoder, pipeline.scaler)
    return [
      ("scalers/ohe.json", try encoder.exportedJSON()),
      ("scalers/ohe.pkl", encoder.scikitLearnPickle()),
      ("scalers/std_scaler.json", try scaler.exportedJSON()),
      ("scalers/std_scaler.pkl", scaler.scikitLearnPickle()),
    ]
  }
}

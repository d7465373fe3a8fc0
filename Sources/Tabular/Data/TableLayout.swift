// preprocessing.json: how a table must look for a trained model, so that new data are read as the
// training data were.
import LearningTasks
import NumericCore
import Storage
package import Tables
package import Texts

/// The columns that a model of a table reads, and their roles.
package protocol TableLayout: Codable, Sendable {
  /// The version of the form that was written.
  var formatVersion: Int { get }
  /// The column that was predicted.
  var target: Schema.Field { get }
  /// Columns that identify a row, carried into predictions.
  var id: [String] { get }
  /// The columns that the model learnt from.
  var features: [Schema.Field] { get }
  /// The columns that folders' names made (Hive partitions); nil for none.
  var partitions: [String]? { get }
  /// The columns that were left out.
  var dropped: [DroppedColumn] { get }
  /// Whether text files name their columns in the first line.
  var header: Bool { get }
  /// The character before the fraction of numbers; nil for a point.
  var decimal: String? { get }
  /// The formats of columns of dates that are not written as ISO 8601; nil for none.
  var dates: NamedValues<String>? { get }
  /// All columns of training; nil in models of older programs.
  var columnKinds: [ColumnDescription]? { get }
  /// What the layout contradicts itself in; nil if it does not.
  var problem: String? { get }
}

extension TableLayout {
  /// The name of the file in a run folder.
  static var fileName: String { "preprocessing.json" }
  /// The version of this form; from 2 on booleans and whole numbers among categories have one
  /// spelling, in version 1 they are as the file had them.
  package static var newestFormatVersion: Int { 2 }

  /// Reads a table whose columns must be those of training.
  ///
  /// - Parameter labelled: whether the target is needed too.
  /// - Throws: `TableError`, `TaskError.infinity`.
  func reading(
    _ source: TableSource, labelled: Bool, withIdentifiers: Bool = false, context: RunContext
  ) throws -> ReadResult {
    let location = source.location
    let identifiers = withIdentifiers ? identifiers : []
    var options = ReadOptions(
      delimiter: source.delimiterByte, hasHeader: source.header ?? header,
      // Known from training, so not worth a note where they are not needed.
      excluding: Set(texts: id + dropped.map(\.name) + [target.name]),
      schema: Schema(fields: identifiers + features + (labelled ? [target] : [])),
      threads: context.pool.threadCount)
    lay(under: &options)
    let result: ReadResult
    do {
      result = try Table.read(from: location, options: options)
    } catch TableError.missingColumn(_, let name, _)
      where partitions?.contains(bytesOf: name) == true
    {
      throw TaskError.missingPartition(column: name, data: LocationText.shown(location))
    }
    for note in result.notes { context.progress(.note(note)) }
    ExtractMarker.warnIfIncomplete(location, context: context)
    try features(of: result.table).requireFinite(data: LocationText.shown(location))
    return result
  }

  /// What makes tables to predict of cells in memory.
  var cellReader: CellReader {
    var options = ReadOptions()
    lay(under: &options)
    return CellReader(Schema(fields: cellFields), options: options)
  }

  /// The columns of the cell reader: identifiers, then features.
  var cellFields: [Schema.Field] { identifiers + features }

  /// Reads a table to judge on, with the identifiers if it has them.
  func readingToJudge(_ source: TableSource, context: RunContext) throws -> ReadResult {
    do {
      return try reading(source, labelled: true, withIdentifiers: true, context: context)
    } catch TableError.missingColumn(_, let name, _) where id.contains(name) {
      return try reading(source, labelled: true, context: context)
    }
  }

  /// The rows of such a table that repeat each other, and so count as one where it is asked how sure
  /// a metric is.
  func groups(of table: Table, labels: [Double], pool: WorkerPool) -> RowGroups? {
    RepeatedRows(
      identifiers: id.compactMap { table[$0] }, features: features(of: table), labels: labels,
      pool: pool
    ).groups
  }

  /// Adds how the cells of the training table are written, where `options` say nothing else.
  func lay(under options: inout ReadOptions) {
    if let byte = decimal?.utf8.first, options.decimal == UInt8(ascii: ".") {
      options.decimal = byte
    }
    for (name, text) in dates?.values ?? [:] where options.dates[name] == nil {
      options.dates[name] = DateFormat(text)
    }
    options.verbatim.insert(ByteText(target.name))
    if formatVersion < 2 { options.verbatim.formUnion(Set(texts: features.map(\.name))) }
  }

  /// The character before fractions as a layout has it.
  static func recorded(decimal: UInt8) -> String? {
    decimal == UInt8(ascii: ".") ? nil : String(UnicodeScalar(decimal))
  }

  /// The formats of dates of some columns as a layout has them.
  static func recorded(
    dates: [ByteText: DateFormat], of names: [String]
  ) -> NamedValues<String>? {
    let wanted = Set(texts: names)
    let own = dates.filter { wanted.contains($0.key) }.mapValues(\.text)
    return own.isEmpty ? nil : NamedValues(own)
  }

  /// The target of a table that was read as labelled.
  package func targetColumn(of table: Table) -> Column {
    guard let column = table[target.name] else {
      preconditionFailure("the table was read without '\(target.name)'")
    }
    return column
  }

  /// The columns that the model reads, in its order.
  func features(of table: Table) -> [Column] { features.compactMap { table[$0.name] } }

  /// The columns of identifiers, as tables to predict have them.
  var identifiers: [Schema.Field] { id.map { Schema.Field(name: $0, kind: .text) } }

  /// The file's bytes.
  func encoded() throws -> [UInt8] { Array(try JSONDocument.text(of: self).utf8) }

  /// Reads a file's bytes.
  ///
  /// - Throws: `StorageError`.
  init(decoding bytes: [UInt8], file: String) throws {
    let layout = try CheckedJSON.value(
      Self.self, from: bytes, file: file, expected: "the columns that training wrote")
    guard layout.formatVersion <= Self.newestFormatVersion else {
      throw StorageError.newerVersion(
        file: file, found: layout.formatVersion, newest: Self.newestFormatVersion)
    }
    for (name, text) in layout.dates?.values ?? [:] where DateFormat(text) == nil {
      throw StorageError.corrupt(
        file: file, item: "dates.\(name)", found: "'\(text)'", expected: "a format of dates")
    }
    guard [nil, ".", ","].contains(layout.decimal) else {
      throw StorageError.corrupt(
        file: file, item: "decimal", found: "'\(layout.decimal ?? "")'", expected: "'.' or ','")
    }
    if let problem = layout.problem {
      throw StorageError.corrupt(
        file: file, item: "columns", found: "with \(problem)",
        expected: "the columns that training wrote")
    }
    self = layout
  }

  /// What the columns contradict each other in; nil if they do not.
  package var columnProblem: String? {
    if formatVersion < 1 { return "the format version \(formatVersion)" }
    if features.isEmpty { return "no feature" }
    if let text = features.first(where: { $0.kind == .text }) {
      return "the feature '\(text.name)', which holds text"
    }
    var roles: [[UInt8]: String] = [:]
    let named =
      [("target", target.name)] + id.map { ("id", $0) } + features.map { ("features", $0.name) }
    // Columns that were dropped were so for any number of reasons, but none of them is read.
    let all = named + Set(dropped.map(\.name)).sorted().map { ("dropped", $0) }
    for (role, name) in all {
      if let other = roles.updateValue(role, forKey: Array(name.utf8)) {
        return other == role
          ? "the column '\(name)' twice in \(role)" : "the column '\(name)' in \(other) and \(role)"
      }
    }
    if let partitions, Set(partitions.map { Array($0.utf8) }).count != partitions.count {
      return "two partitions of the same name"
    }
    return nil
  }
}

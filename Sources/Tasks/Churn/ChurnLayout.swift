// preprocessing.json: how a table must look for a trained model, so that new data are read as the
// training data were.
import Artifacts
import NumericCore
import Tables
import Texts

/// The columns that a churn model reads, and their roles.
struct ChurnLayout: Codable, Sendable, Equatable {
  /// The name of the file in a run folder.
  static let fileName = "preprocessing.json"
  /// The version of this form.
  private static let newestFormatVersion = 1

  /// The version of the form that was written.
  var formatVersion = newestFormatVersion
  /// The column that was predicted.
  var target: Schema.Field
  /// The class that means churn.
  var positive: String
  /// The other class.
  var negative: String
  /// Columns that identify a row, carried into predictions.
  var id: [String]
  /// The columns that the model learnt from.
  var features: [Schema.Field]
  /// The columns that folders' names made (Hive partitions); nil for none.
  var partitions: [String]?
  /// The columns that were left out.
  var dropped: [DroppedColumn]
  /// Whether text files name their columns in the first line.
  var header: Bool
  /// The probability from which on a row is labelled as churning.
  var threshold = 0.5

  enum CodingKeys: String, CodingKey {
    case target, positive, negative, id, features, partitions, dropped, header, threshold
    case formatVersion = "format_version"
  }

  /// Reads a table whose columns must be those of training.
  ///
  /// - Parameter labelled: whether the target is needed too.
  /// - Throws: `TableError`, `TaskError.infinity`.
  func read(
    _ location: String, labelled: Bool, withIdentifiers: Bool = false, delimiter: UInt8?,
    header: Bool, context: TaskContext
  ) throws -> Table {
    try reading(
      location, labelled: labelled, withIdentifiers: withIdentifiers, delimiter: delimiter,
      header: header, context: context
    ).table
  }

  /// Reads a table as `read` does, and returns the files that it came from too.
  func reading(
    _ location: String, labelled: Bool, withIdentifiers: Bool = false, delimiter: UInt8?,
    header: Bool, context: TaskContext
  ) throws -> ReadResult {
    let identifiers = withIdentifiers ? id.map { Schema.Field(name: $0, kind: .text) } : []
    let options = ReadOptions(
      delimiter: delimiter, hasHeader: header,
      // Known from training, so not worth a note where they are not needed.
      excluding: Set(texts: id + dropped.map(\.name) + [target.name]),
      schema: Schema(fields: identifiers + features + (labelled ? [target] : [])),
      threads: context.pool.threadCount)
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
    try ChurnColumns.requireFinite(
      self.features(of: result.table), data: LocationText.shown(location))
    return result
  }

  /// The columns that the model reads, in its order.
  func features(of table: Table) -> [Column] { features.compactMap { table[$0.name] } }

  /// The labels of a table that was read as labelled.
  func labels(of table: Table, data: String) throws -> [Double] {
    guard let column = table[target.name] else {
      preconditionFailure("the table was read without '\(target.name)'")
    }
    return try ChurnTarget(column, positive: positive, negative: negative, data: data).labels
  }
}

extension ChurnLayout {
  /// The file's bytes.
  func encoded() throws -> [UInt8] { Array(try JSONDocument.text(of: self).utf8) }

  /// Reads a file's bytes.
  ///
  /// - Throws: `ArtifactError`.
  init(decoding bytes: [UInt8], file: String) throws {
    guard let layout = try? JSONDocument.value(ChurnLayout.self, from: bytes) else {
      throw ArtifactError.corrupt(
        file: file, item: "text", found: "that is no description of columns",
        expected: "the JSON that training wrote")
    }
    guard layout.formatVersion <= Self.newestFormatVersion else {
      throw ArtifactError.newerVersion(
        file: file, found: layout.formatVersion, newest: Self.newestFormatVersion)
    }
    self = layout
  }
}

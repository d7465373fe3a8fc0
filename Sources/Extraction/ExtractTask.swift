// `etl`: the result of a query as a folder of Hive partitions.
//
// The source sorts the rows by the partition column, so that one partition after the other is
// written, and the memory that is used is that of a batch and a row group. A partition's file is
// replaced as a whole. Whatever ends the work early leaves whole partitions: those before are new,
// those after are as they were, and the marker says that the folder is not complete. At the end
// partitions that the source has no more are removed, so that the folder is the result, whatever
// was there before.

internal import Connectors
package import LearningTasks
internal import Tables
internal import Texts

/// What to extract, and where to.
package struct ExtractRequest: Sendable {
  /// The location of the database.
  package var source: String
  /// The name of a built-in query, or a file.
  package var query: String
  /// A local folder or an `s3://` prefix.
  package var out: String
  /// The column whose values become folders.
  package var partitionBy: String
  /// Whether data files of others in the folder are replaced.
  package var isForced: Bool

  /// Creates a request.
  package init(
    source: String, query: String, out: String, partitionBy: String, isForced: Bool = false
  ) {
    self.source = source
    self.query = query
    self.out = out
    self.partitionBy = partitionBy
    self.isForced = isForced
  }
}

/// What was extracted.
package struct ExtractReport: Codable, Sendable, Equatable {
  /// A column of the files.
  package struct Field: Codable, Sendable, Equatable {
    /// The name.
    package let name: String
    /// `int32`, `int64`, `double`, `string` or `timestamp`.
    package let type: String
  }

  /// The source without credentials, the query, and the folder without them.
  package let source, query, out: String
  /// The column that the folders are named after.
  package let partitionBy: String
  /// The columns of the files.
  package let columns: [Field]
  /// The rows and partitions that the folder now has.
  package let rows, partitions: Int
  /// The files that were removed, because the source has no such partition any more.
  package let removed: Int
  /// Seconds from the first connection to the end.
  package let seconds: Double

  enum CodingKeys: String, CodingKey {
    case source, query, out, columns, rows, partitions, removed, seconds
    case partitionBy = "partition_by"
  }
}

/// Extractions of tables from databases.
package enum ExtractTask {
  /// Runs a query and writes its rows.
  ///
  /// - Throws: `ExtractError`, `ConnectorError`, `TableError`, `StorageError`,
  ///   `TaskError.cancelled`.
  package static func run(_ request: ExtractRequest, context: RunContext) throws -> ExtractReport {
    let clock = Stopwatch()
    // A folder of partitions is no place for a model, whose files would count as others' data.
    try RunFolderReader.requireOutside("\(request.out)/\(request.partitionBy)")
    let query = try ExtractQueries.query(request.query)
    let folder = try PartitionedFolder(at: request.out)
    try context.begin("connecting")
    let source = try DataSources.open(
      request.source, checkCancelled: context.checkCancelled)
    let columns = try source.columns(of: query)
    let place = try partition(columns, request)
    _ = try checked(folder, request)
    try context.begin("extracting")
    let stream = try source.rows(of: query, sortedBy: request.partitionBy)
    guard let first = try stream.next() else {
      throw ExtractError.noRows(query: request.query, source: source.name)
    }
    guard try folder.open() else { throw ExtractError.locked(folder: folder.name) }
    // Again: another process may have written until now.
    let found = try checked(folder, request)
    try ExtractMarker(isComplete: false, request, source: source.name, rows: 0, partitions: 0)
      .write(to: folder)
    let writer = PartitionWriter(folder, column: columns[place].name, place: place)
    do {
      var batch: Table? = first
      while let table = batch {
        if let rounded = stream.rounded.first(where: { $0.column == request.partitionBy }) {
          // Two of its values could fall into one partition.
          throw ConnectorError.badValue(
            source: source.name, row: rounded.row, column: rounded.column, value: rounded.text,
            expected: "a number that a double holds, or an integer or a string")
        }
        try writer.append(table)
        try context.checkCancelled()
        context.progress(.phase("extracting, \(writer.rowCount) rows"))
        batch = try stream.next()
      }
      try writer.close()
      for rounded in stream.rounded {
        context.warn([
          "\(source.name): row \(rounded.row), column '\(rounded.column)': the number "
            + "\(rounded.text) has more digits than a double holds and was rounded; cast the column "
            + "to a string to keep them"
        ])
      }
    } catch {
      writer.discard()
      context.warn([
        "\(folder.name): replaced \(writer.written.count) "
          + "partition\(writer.written.count == 1 ? "" : "s") whole; the others are unchanged"
      ])
      throw error
    }
    if let pair = writer.alikeValues {
      context.progress(.note("the column '\(request.partitionBy)': \(AlikeTexts.note(pair))"))
    }
    // What is on the disk before the marker says so.
    try folder.sync()
    let stale = found.filter {
      PartitionedFolder.isData($0) && !writer.written.contains(text: $0) && !folder.isLinked($0)
    }
    for file in stale + found.filter(PartitionedFolder.isLeftOver) { try folder.remove(file) }
    if !stale.isEmpty {
      let shown = stale.prefix(3).joined(separator: ", ") + (stale.count > 3 ? ", ..." : "")
      context.progress(
        .note("\(folder.name): removed files that the source no longer has: \(shown)"))
    }
    try ExtractMarker(
      isComplete: true, request, source: source.name, rows: writer.rowCount,
      partitions: writer.written.count
    ).write(to: folder)
    try folder.sync()
    return ExtractReport(
      source: source.name, query: request.query, out: folder.name,
      partitionBy: request.partitionBy,
      columns: columns.enumerated().filter { $0.offset != place }.map {
        ExtractReport.Field(name: $0.element.name, type: $0.element.type.name)
      }, rows: writer.rowCount, partitions: writer.written.count, removed: stale.count,
      seconds: clock.total)
  }

  /// The place of the partition column.
  private static func partition(_ columns: [SourceColumn], _ request: ExtractRequest) throws -> Int
  {
    let names = columns.map(\.name)
    guard let place = names.firstIndex(bytesOf: request.partitionBy) else {
      throw ConnectorError.unknownColumn(
        statement: request.query, name: request.partitionBy, known: names)
    }
    guard names.count > 1 else {
      throw ExtractError.onlyPartitions(column: request.partitionBy, query: request.query)
    }
    return place
  }

  /// The files that are in the folder already, if it may be written into.
  private static func checked(
    _ folder: PartitionedFolder, _ request: ExtractRequest
  ) throws -> [String] {
    let files = try folder.files()
    if request.isForced {
      if let example = files.first(where: PartitionedFolder.isForeignData) {
        throw ExtractError.foreignBelow(folder: folder.name, example: example)
      }
      return files
    }
    if let marker = try ExtractMarker(in: folder, files: files) {
      guard marker.partitionBy.hasSameBytes(as: request.partitionBy) else {
        throw ExtractError.otherPartitions(
          folder: folder.name, found: marker.partitionBy, wanted: request.partitionBy)
      }
      let foreign = files.first {
        $0 != ExtractMarker.fileName && !PartitionedFolder.isLeftOver($0)
          && !folder.isPartition($0, of: request.partitionBy)
      }
      if let foreign { throw ExtractError.foreignFolder(folder: folder.name, example: foreign) }
    } else if let example = files.first {
      throw ExtractError.foreignFolder(folder: folder.name, example: example)
    }
    return files
  }
}

/// Splits sorted rows into the files of their partitions.
private final class PartitionWriter {
  private let folder: PartitionedFolder
  private let column: String
  private let place: Int
  private var file: PartitionFile?
  private var value: ByteText?
  /// The paths of the files that are complete.
  private(set) var written: Set<ByteText> = []
  private(set) var rowCount = 0
  private var alike = AlikeTexts()
  /// Two values that differ in the composition of their characters only, and so have a folder each.
  var alikeValues: (String, String)? { alike.pair }

  init(_ folder: PartitionedFolder, column: String, place: Int) {
    self.folder = folder
    self.column = column
    self.place = place
  }

  /// Appends a batch, run by run of equal values.
  func append(_ table: Table) throws {
    let values = table.columns[place]
    let others = table.columns.enumerated().filter { $0.offset != place }.map(\.element)
    var start = 0
    while start < table.rowCount {
      let value = values.text(row: start).map({ ByteText($0) })
      var end = start + 1
      while end < table.rowCount, values.text(row: end).map({ ByteText($0) }) == value { end += 1 }
      if file == nil || value != self.value { try begin(value, schema: others) }
      try file?.append(others, rows: start..<end)
      rowCount += end - start
      start = end
    }
  }

  private func begin(_ value: ByteText?, schema: [Column]) throws {
    try close()
    let next = try folder.partition(column: column, value: value?.string, schema: schema)
    guard !written.contains(text: next.path) else {
      throw ExtractError.notSorted(column: column, value: value?.string)
    }
    if let value { alike.add(value.string) }
    file = next
    self.value = value
  }

  /// Completes the partition that is being written.
  func close() throws {
    guard let file else { return }
    try file.close()
    written.insert(ByteText(file.path))
    self.file = nil
  }

  func discard() {
    file?.discard()
    file = nil
  }
}

extension SourceType {
  /// The name of the type in reports.
  fileprivate var name: String {
    switch self {
    case .integer(let bits): "int\(bits)"
    case .real: "double"
    case .text: "string"
    case .instant: "timestamp"
    }
  }
}

extension ExtractMarker {
  /// Describes the folder of a request.
  fileprivate init(
    isComplete: Bool, _ request: ExtractRequest, source: String, rows: Int, partitions: Int
  ) {
    self.init(
      isComplete: isComplete, partitionBy: request.partitionBy, source: source,
      query: request.query, rows: rows, partitions: partitions)
  }
}

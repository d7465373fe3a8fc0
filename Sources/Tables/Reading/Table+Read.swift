// From a location to a table: find the files, choose the columns, read them, give each its kind.

internal import CArrow
internal import NumericCore
internal import Texts

extension Table {
  /// Reads a table.
  ///
  /// `location` is a file of delimited text or Parquet, a folder of either (all files below it;
  /// hidden ones and those whose name starts with `_` are passed over, and `key=value` folders
  /// become columns), or `s3://bucket/path`, with `endpoint_override`, `scheme` and `region` in the
  /// query or the environment, and credentials in the environment.
  ///
  /// White space around strings is taken away, and `MissingTokens` are missing. A column of
  /// strings whose every value spells a number is a number column, unless a number would lose
  /// leading zeros. Booleans and whole numbers among categories have one spelling (`CellSpelling`).
  /// - Throws: a `TableError`.
  public static func read(
    from location: String, options: ReadOptions = ReadOptions()
  ) throws -> ReadResult {
    let threads = options.threads ?? WorkerPool.availableProcessors
    precondition(threads >= 1, "\(threads) threads cannot read")
    let location = try DataLocation(location)
    try location.check { mlc_set_threads(Int32(threads), $0) ? () : nil }
    let found = try DataFiles(at: location)
    let result: ReadResult
    do {
      result = try read(found, from: location, options: options, threads: threads)
    } catch {
      // What is wrong with the bytes of a file that changed is of no interest.
      try found.requireUnchanged()
      throw (error as? ArrowFailure)?.fileError(location.name) ?? error
    }
    try found.requireUnchanged()
    return result
  }

  private static func read(
    _ found: DataFiles, from location: DataLocation, options: ReadOptions, threads: Int
  ) throws -> ReadResult {
    let format = try found.opened(options, name: location.name)
    let choice = try ColumnChoice(
      names: format.columnNames, partitions: found.partitionNames, options: options,
      location: location.name)
    guard choice.wanted.count <= options.mostColumns else {
      throw TableError.tooManyColumns(
        file: location.name, found: choice.wanted.count, limit: options.mostColumns)
    }
    let partitions = Set(texts: found.partitionNames)
    var raw = try format.read(
      choice.wanted.filter { !partitions.contains(text: $0.name) }, threads: threads)
    let rowCount = raw.fileRows.reduce(0, +)
    guard rowCount > 0 else { throw TableError.noRows(file: location.name) }
    for (place, column) in choice.wanted.enumerated() where partitions.contains(text: column.name) {
      raw.columns.insert(found.partitionColumn(column, fileRows: raw.fileRows), at: place)
    }
    let converted = try raw.converted(threads: threads) { failure, column in
      let (file, row) = raw.place(ofRow: failure.row)
      let line = format.line(ofRow: row, inFile: file)
      if failure.expected == .timestamp, let date = column.form.date {
        return TableError.badDate(
          file: found.files[file].name, row: row + 1, line: line, column: column.name,
          cell: failure.cell, format: date.text)
      }
      return TableError.badCell(
        file: found.files[file].name, row: row + 1, line: line, column: column.name,
        cell: failure.cell, expected: failure.expected)
    }
    let findings = converted.map { column, reason, _ in
      ColumnFinding(
        name: column.name, kind: column.kind,
        reason: reason.locating { row in
          let (file, row) = raw.place(ofRow: row)
          let place =
            format.line(ofRow: row, inFile: file).map { "line \($0)" } ?? "row \(row + 1)"
          return found.relativePaths[file].map { "\(place) of \($0)" } ?? place
        })
    }
    let spelled = try raw.spelling(columns: converted.map(\.column), by: format, threads: threads)
    let rounded = spelled.roundingNotes(converted.map(\.column), threads: threads) { row in
      let place = raw.place(ofRow: row)
      return (name: found.files[place.file].name, row: place.row)
    }
    return ReadResult(
      table: Table(columns: converted.map(\.column), rowCount: rowCount),
      notes: found.notes + format.notes + choice.notes + rounded
        + converted.compactMap(\.note).map { "\(location.name): \($0)" },
      findings: findings,
      partitionNames: found.partitionNames,
      files: zip(found.relativePaths, found.files).map(SourceFile.init),
      fileRows: raw.fileRows)
  }
}

extension Table {
  /// Returns the names of a table's columns without reading its rows.
  ///
  /// - Throws: a `TableError`.
  public static func columnNames(
    of location: String, options: ReadOptions = ReadOptions()
  ) throws -> [String] {
    let location = try DataLocation(location)
    let found = try DataFiles(at: location)
    return try found.opened(options, name: location.name).columnNames + found.partitionNames
  }
}

/// Which columns are read, and as what.
private struct ColumnChoice {
  var wanted: [WantedColumn] = []
  var notes: [String] = []

  init(names: [String], partitions: [String], options: ReadOptions, location: String) throws {
    let known = names + partitions
    func wantedColumn(_ name: String, _ kind: ColumnKind?) -> WantedColumn {
      let date = options.dates[ByteText(name)]
      return WantedColumn(
        name: name, kind: kind ?? (date == nil ? nil : .timestamp),
        form: CellForm(
          decimal: options.decimal, date: date, isVerbatim: options.verbatim.contains(text: name)))
    }
    if let name = partitions.first(where: names.contains(bytesOf:)) {
      throw TableError.duplicateColumn(file: location, name: name)
    }
    let all = Set(texts: known)
    if let schema = options.schema {
      for field in schema.fields where !all.contains(text: field.name) {
        throw TableError.missingColumn(file: location, name: field.name, known: known)
      }
      wanted = schema.fields.map { wantedColumn($0.name, $0.kind) }
      let used = Set(texts: schema.fields.map(\.name))
      let extra = known.filter {
        !used.contains(text: $0) && !options.excluding.contains(text: $0)
      }
      if !extra.isEmpty {
        let shown = extra.prefix(10).joined(separator: ", ") + (extra.count > 10 ? ", ..." : "")
        notes = ["\(location): ignored \(extra.count) column(s) the model does not use: \(shown)"]
      }
      return
    }
    let named = options.excluding.union(options.kinds.keys).union(options.dates.keys)
      .sorted()
    for name in named where !all.contains(name) {
      throw TableError.unknownColumn(file: location, name: name.string, known: known)
    }
    wanted = known.filter { !options.excluding.contains(text: $0) }
      .map { wantedColumn($0, options.kinds[ByteText($0)]) }
  }
}

extension DataFiles {
  /// The files in their format; `name` is the location as a whole.
  fileprivate func opened(_ options: ReadOptions, name: String) throws -> any TableFormat {
    switch format {
    case .delimited: try DelimitedFormat(files, options: options, name: name)
    case .parquet: try ParquetFormat(files)
    }
  }

  /// A column of the values in the folders' names.
  fileprivate func partitionColumn(_ column: WantedColumn, fileRows: [Int]) -> RawColumn {
    var raw = RawColumn(column)
    guard let index = partitionNames.firstIndex(bytesOf: column.name) else { return raw }
    raw.pieces = zip(partitionValues, fileRows).map { .constant($0[index], count: $1) }
    return raw
  }
}

extension RawTable {
  /// The file of a row, and its row in that file, counted from 0.
  fileprivate func place(ofRow row: Int) -> (file: Int, row: Int) {
    var rest = row
    for (file, count) in fileRows.enumerated() {
      if rest < count { return (file, rest) }
      rest -= count
    }
    preconditionFailure("row \(row) of \(fileRows.reduce(0, +))")
  }

  /// Gives every column its kind, several at once; the first column that fails is reported.
  ///
  /// The notes are about texts of a column that look the same.
  fileprivate func converted(
    threads: Int, error: (CellFailure, RawColumn) -> TableError
  ) throws -> [(column: Column, reason: KindReason, note: String?)] {
    typealias Converted = (column: Column, reason: KindReason, note: String?)
    var results = [Result<Converted, CellFailure>?](repeating: nil, count: columns.count)
    results.withUnsafeMutableBufferPointer { buffer in
      // Every index is written by the one call that gets it.
      nonisolated(unsafe) let buffer = buffer
      WorkerPool(threads: min(threads, max(1, columns.count))).forEach(count: columns.count) {
        index, _ in
        buffer[index] = Result { () throws(CellFailure) in
          let (column, reason) = try columns[index].converted()
          return (
            column, reason,
            column.alikeTexts.map { "the column '\(column.name)': \(AlikeTexts.note($0))" }
          )
        }
      }
    }
    return try zip(columns, results).map { column, result -> Converted in
      switch result {
      case .success(let converted): return converted
      case .failure(let failure): throw error(failure, column)
      case nil: preconditionFailure("the column \(column.name) was not converted")
      }
    }
  }
}

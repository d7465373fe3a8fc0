// Reads delimited text in two passes: a look at the first rows fixes a type for every column, then
// all rows are converted in parallel. If a later value does not fit, all files are read once more
// with the guessed columns as plain strings, from which `RawColumn` decides.

internal import CArrow
internal import NumericCore

/// The files of a table in delimited text.
struct DelimitedFormat: TableFormat {
  /// Nil where a file of a folder is empty; it is passed over.
  private let files: [DelimitedFile?]
  private let first: DelimitedFile
  let notes: [String]
  /// The byte before the fraction of a number.
  private let decimal: UInt8

  var columnNames: [String] { first.columnNames }

  /// Reads the headers of the files; `name` is the location as a whole.
  ///
  /// - Throws: a `TableError`, also if no file has a row.
  init(_ contents: [FileContents], options: ReadOptions, name: String) throws {
    let opened = try contents.map {
      try DelimitedFile($0, delimiter: options.delimiter, hasHeader: options.hasHeader)
    }
    guard opened.contains(where: { $0 != nil }) else { throw TableError.emptyFile(file: name) }
    files = opened.map { $0?.hasRows == true ? $0 : nil }
    guard let first = files.lazy.compactMap({ $0 }).first else {
      throw TableError.noRows(file: name)
    }
    self.first = first
    decimal = options.decimal
    notes = Self.notes(of: files.compactMap { $0 }.map { ($0.contents.name, $0.columnNames) })
  }

  func line(ofRow row: Int, inFile file: Int) -> Int? { files[file]?.line(ofRow: row) }

  func read(_ columns: [WantedColumn], threads: Int) throws -> RawTable {
    let types = try types(of: columns, threads: threads)
    do {
      return try read(columns, types: types, threads: threads)
    } catch is ArrowFailure {
      let strings = zip(columns, types).map { column, type in
        column.kind == .category || type == MLC_CSV_DICTIONARY ? type : Int(MLC_CSV_UTF8)
      }
      do {
        return try read(columns, types: strings, threads: threads)
      } catch let failure as ArrowFailure {
        let file = first.contents.name
        throw failure.error(
          about: file, otherwise: .unreadable(file: file, reason: failure.message))
      }
    }
  }

  private func read(_ columns: [WantedColumn], types: [Int], threads: Int) throws -> RawTable {
    var raw = RawTable(
      columns: columns.map { RawColumn($0) }, fileRows: [])
    for file in files {
      guard let file else {
        raw.fileRows.append(0)
        continue
      }
      let places = try indices(of: columns, among: file.columnNames, file: file.contents.name)
      let table = try file.read(
        zip(places, types).map { mlc_csv_column(index: Int32($0), type: Int32($1)) },
        decimal: decimal, threads: threads)
      raw.fileRows.append(table.rowCount)
      for index in columns.indices {
        raw.columns[index].pieces += try table.chunks(ofColumn: index).map { .chunk($0) }
      }
    }
    return raw
  }

  // MARK: - Types

  private func types(of columns: [WantedColumn], threads: Int) throws -> [Int] {
    let places = try indices(of: columns, among: columnNames, file: first.contents.name)
    let guessed = columns.indices.filter {
      columns[$0].kind == nil || (columns[$0].kind == .timestamp && columns[$0].form.date == nil)
    }
    let layouts =
      guessed.isEmpty
      ? [] : try first.guessedLayouts(ofColumns: guessed.map { places[$0] }, decimal: decimal)
    var layoutOf: [Int: ArrowLayout?] = [:]
    for (index, layout) in zip(guessed, layouts) { layoutOf[index] = layout }
    var types = columns.indices.map { index in
      switch columns[index].kind {
      case .number: Int(MLC_CSV_DOUBLE)
      case .timestamp where columns[index].form.date != nil: Int(MLC_CSV_DICTIONARY)
      case .category: Int(MLC_CSV_DICTIONARY)
      case .text: Int(MLC_CSV_UTF8)
      case .timestamp, nil:
        Self.type(for: layoutOf[index] ?? nil, isTimestamp: columns[index].kind == .timestamp)
      }
    }
    // Codes keep their leading zeros: they stay strings.
    let numbers = columns.indices.filter {
      columns[$0].kind == nil && types[$0] == Int(MLC_CSV_DOUBLE)
    }
    for index in try codes(among: numbers, of: columns, threads: threads) {
      types[index] = Int(MLC_CSV_DICTIONARY)
    }
    return types
  }

  /// The columns of numbers in which some have leading zeros.
  private func codes(
    among numbers: [Int], of columns: [WantedColumn], threads: Int
  ) throws -> Set<Int> {
    var found: Set<Int> = []
    if numbers.isEmpty { return found }
    let pool = WorkerPool(threads: threads)
    for file in files.compactMap(\.self) {
      let places = try indices(of: columns, among: file.columnNames, file: file.contents.name)
      let open = numbers.filter { !found.contains($0) }
      let scan = LeadingZeroScan(
        UnsafeBufferPointer(rebasing: file.contents.bytes[file.body.position...]),
        delimiter: file.delimiter, pool: pool)
      let codes = scan.columns(among: Set(open.map { places[$0] }))
      found.formUnion(open.filter { codes.contains(places[$0]) })
    }
    return found
  }

  private static func type(for layout: ArrowLayout?, isTimestamp: Bool) -> Int {
    switch layout {
    // Nanoseconds only where they are written: they end in the year 2262.
    case .instant(.nanoseconds, let isZoned):
      return Int(isZoned ? MLC_CSV_NANOSECONDS_ZONED : MLC_CSV_NANOSECONDS)
    case .instant(_, let isZoned):
      return Int(isZoned ? MLC_CSV_MICROSECONDS_ZONED : MLC_CSV_MICROSECONDS)
    case .days: return Int(MLC_CSV_MICROSECONDS)
    case .number where !isTimestamp: return Int(MLC_CSV_DOUBLE)
    // Nothing seen yet: no dictionary, as it may still become a long column of numbers.
    case .null: return Int(MLC_CSV_UTF8)
    default: return Int(isTimestamp ? MLC_CSV_UTF8 : MLC_CSV_DICTIONARY)
    }
  }
}

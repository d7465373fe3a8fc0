// One file of delimited text: its delimiter, its header, and its rows through Arrow.

internal import CArrow

/// Delimited text whose header has been read.
struct DelimitedFile: Sendable {
  let contents: FileContents
  let delimiter: UInt8
  /// The names of the fields, without white space around them.
  let columnNames: [String]
  /// Where the rows start, and on which line.
  let body: (position: Int, line: Int)

  /// The bytes of one unit of parallel work, and so the longest row.
  static let blockSize = 1 << 22
  /// The bytes from which the kinds of the columns are guessed.
  private static let peekSize = 1 << 20

  /// Reads the header; nil if the file is empty.
  init?(_ contents: FileContents, delimiter: UInt8?, hasHeader: Bool) throws {
    self.contents = contents
    let text = contents.bytes
    try ForeignFormat.refuse(text, name: contents.name)
    let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let ofName = contents.name.lowercased().hasSuffix(".tsv") ? UInt8(ascii: "\t") : nil
    self.delimiter = delimiter ?? ofName ?? Self.sniffedDelimiter(text, from: start)
    var scanner = DelimitedScanner(text, delimiter: self.delimiter, position: start)
    guard let first = scanner.next() else { return nil }
    try Self.check(first, in: contents)
    let fields = hasHeader ? scanner.fields(of: first) : []
    columnNames = (0..<first.fieldCount).map { index in
      let name = index < fields.count ? Self.name(fields[index]) : ""
      return name.isEmpty ? "column_\(index)" : name
    }
    body = hasHeader ? (scanner.position, scanner.line) : (start, 1)
    try ColumnNames.check(columnNames, file: contents.name)
  }

  /// Whether there is any row.
  var hasRows: Bool {
    var scanner = rows
    return scanner.next() != nil
  }

  /// The line of a row, which counts from 0.
  func line(ofRow row: Int) -> Int? {
    var scanner = rows
    for _ in 0..<row { _ = scanner.next() }
    return scanner.next()?.line
  }

  /// What Arrow makes of the first rows of some columns; nil for a column it finds no use for.
  ///
  /// - Parameter decimal: the byte before the fraction of a number.
  func guessedLayouts(ofColumns columns: [Int], decimal: UInt8) throws -> [ArrowLayout?] {
    var scanner = rows
    while scanner.position - body.position < Self.peekSize, scanner.next() != nil {}
    do throws(ArrowFailure) {
      let table = try read(
        columns.map { mlc_csv_column(index: Int32($0), type: Int32(MLC_CSV_INFER)) },
        body.position..<scanner.position, decimal: decimal,
        options: { $0.newlines_in_values = true })
      var layouts: [ArrowLayout?] = []
      for index in columns.indices { layouts.append(try table.layout(ofColumn: index)) }
      return layouts
    } catch {
      if error.isLackOfResources { throw error.fileError(contents.name) }
      _ = try hasQuotedLineEnds()
      throw TableError.unreadable(file: contents.name, reason: error.message)
    }
  }

  /// Reads columns.
  ///
  /// - Throws: the `TableError` for text that cannot be split into rows; an `ArrowFailure` for a
  ///   value that does not fit the type of its column.
  func read(_ columns: [mlc_csv_column], decimal: UInt8, threads: Int) throws -> ArrowTable {
    let all = body.position..<contents.bytes.count
    do throws(ArrowFailure) {
      return try read(columns, all, decimal: decimal, options: { $0.use_threads = threads > 1 })
    } catch {
      if error.isLackOfResources { throw error.fileError(contents.name) }
      // Whatever is wrong with the rows is found here, with its line.
      guard try hasQuotedLineEnds() else { throw error }
    }
    return try read(
      columns, all, decimal: decimal,
      options: {
        $0.use_threads = threads > 1
        $0.newlines_in_values = true
      })
  }

  private func read(
    _ columns: [mlc_csv_column], _ range: Range<Int>, decimal: UInt8,
    options change: (inout mlc_csv_options) -> Void
  ) throws(ArrowFailure) -> ArrowTable {
    try ArrowTable(
      ArrowFailure.check { error in
        Self.withMissingTokens { tokens in
          columns.withUnsafeBufferPointer { columns in
            var options = mlc_csv_options()
            options.delimiter = delimiter
            options.decimal = decimal
            options.block_size = Int32(Self.blockSize)
            options.field_count = Int32(columnNames.count)
            options.columns = columns.baseAddress
            options.column_count = Int32(columns.count)
            options.missing = tokens.baseAddress
            options.missing_count = Int32(tokens.count)
            change(&options)
            return mlc_csv_read(
              contents.handle, Int64(range.lowerBound), Int64(range.count), &options, error)
          }
        }
      })
  }

  // MARK: - Finding what is wrong

  private var rows: DelimitedScanner {
    DelimitedScanner(
      contents.bytes, delimiter: delimiter, position: body.position, line: body.line)
  }

  /// Checks every row, and says whether a quoted value goes over a line end.
  private func hasQuotedLineEnds() throws -> Bool {
    var scanner = rows
    var hasQuotedLineEnds = false
    while let row = scanner.next() {
      try Self.check(row, in: contents)
      if row.fieldCount != columnNames.count {
        throw TableError.raggedRow(
          file: contents.name, line: row.line, expected: columnNames.count, found: row.fieldCount)
      }
      hasQuotedLineEnds = hasQuotedLineEnds || row.hasQuotedLineEnd
    }
    return hasQuotedLineEnds
  }

  private static func check(_ row: DelimitedScanner.Row, in contents: FileContents) throws {
    if row.isUnclosed { throw TableError.unclosedQuote(file: contents.name, line: row.line) }
    if row.bytes.count > blockSize {
      throw TableError.rowTooLong(
        file: contents.name, line: row.line, limit: blockSize, found: row.bytes.count)
    }
    let bytes = UnsafeBufferPointer(rebasing: contents.bytes[row.bytes])
    if String(validating: bytes, as: UTF8.self) == nil {
      throw TableError.invalidUTF8(file: contents.name, line: row.line)
    }
  }

  // MARK: - Pieces of the format

  /// The usual delimiter that is most frequent in the first line; a comma if there is none.
  private static func sniffedDelimiter(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt8
  {
    let counts = [UInt8](",;\t|".utf8).map { delimiter in
      var scanner = DelimitedScanner(text, delimiter: delimiter, position: start)
      return (delimiter: delimiter, fields: scanner.next()?.fieldCount ?? 0)
    }
    // `max` takes the last of equals; the comma shall win.
    return counts.reversed().max { $0.fields < $1.fields }?.delimiter ?? UInt8(ascii: ",")
  }

  private static func name(_ field: [UInt8]) -> String {
    field.withUnsafeBufferPointer { String(decoding: $0.trimmed, as: UTF8.self) }
  }

  /// Calls `body` with the spellings of a missing number, also with a space on one side.
  private static func withMissingTokens<R>(
    _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> R
  ) -> R {
    let spellings = MissingTokens.all.flatMap {
      $0.isEmpty ? ["", " "] : [$0, " \($0)", "\($0) "]
    }
    let bytes = Array(spellings.joined(separator: "\0").utf8CString)
    return bytes.withUnsafeBufferPointer { buffer in
      var starts: [UnsafePointer<CChar>?] = []
      var next = 0
      for spelling in spellings {
        starts.append(buffer.baseAddress.map { $0 + next })
        next += spelling.utf8.count + 1
      }
      return starts.withUnsafeBufferPointer(body)
    }
  }
}

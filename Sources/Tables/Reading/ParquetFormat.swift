// Reads Parquet files; their columns have types already.

internal import CArrow

/// The files of a table in Parquet.
struct ParquetFormat: TableFormat {
  private let files: [ParquetFile]
  let notes: [String]

  var columnNames: [String] { files[0].columnNames }

  /// Reads the schemas of the files, of which there is at least one.
  init(_ contents: [FileContents]) throws {
    files = try contents.map(ParquetFile.init)
    notes = Self.notes(of: files.map { ($0.contents.name, $0.columnNames) })
  }

  func line(ofRow row: Int, inFile file: Int) -> Int? { nil }

  func read(_ columns: [WantedColumn], threads: Int) throws -> RawTable {
    var raw = RawTable(
      columns: columns.map { RawColumn($0) }, fileRows: [])
    for file in files {
      let places = try indices(of: columns, among: file.columnNames, file: file.contents.name)
      let table = try file.read(
        zip(places, columns).map { (index: $0, isText: $1.kind == .text) }, threads: threads)
      raw.fileRows.append(table.rowCount)
      for (index, place) in places.enumerated() {
        raw.columns[index].isDeclaredCategory =
          raw.columns[index].isDeclaredCategory || file.isCategory[place]
        raw.columns[index].hasDecimals = raw.columns[index].hasDecimals || file.isDecimal[place]
        raw.columns[index].pieces += try table.chunks(ofColumn: index).map { .chunk($0) }
      }
    }
    return raw
  }
}

/// One Parquet file.
private final class ParquetFile: @unchecked Sendable {
  // Unchecked, because of the handle: it is not changed after it was opened.
  let contents: FileContents
  let columnNames: [String]
  /// For each column whether its type is a dictionary, as of pandas' categories.
  let isCategory: [Bool]
  /// For each column whether its type is a decimal.
  let isDecimal: [Bool]
  /// For each column whether its values are lists or structures.
  private let isNested: [Bool]
  private let handle: OpaquePointer

  init(_ contents: FileContents) throws {
    self.contents = contents
    guard !contents.bytes.isEmpty else { throw TableError.emptyFile(file: contents.name) }
    if !contents.looksLikeParquet {
      try ForeignFormat.refuse(contents.bytes, name: contents.name)
    }
    let handle: OpaquePointer
    do throws(ArrowFailure) {
      handle = try ArrowFailure.check { mlc_parquet_open(contents.handle, $0) }
    } catch {
      throw error.error(
        about: contents.name, otherwise: .notParquet(file: contents.name, reason: error.message))
    }
    self.handle = handle
    let unnameable = mlc_parquet_zero_in_name(handle)
    guard unnameable < 0 else {
      throw TableError.badColumnName(file: contents.name, column: Int(unnameable) + 1)
    }
    var names: [String] = []
    var categories: [Bool] = []
    var decimals: [Bool] = []
    var nested: [Bool] = []
    for index in 0..<mlc_parquet_column_count(handle) {
      var schema = ArrowSchema()
      do throws(ArrowFailure) {
        try ArrowFailure.check { mlc_parquet_type(handle, index, &schema, $0) }
      } catch {
        throw TableError.notParquet(file: contents.name, reason: error.message)
      }
      defer { schema.release?(&schema) }
      names.append(String(cString: schema.name))
      categories.append(schema.dictionary != nil)
      let format = String(cString: schema.format)
      decimals.append(format.hasPrefix("d:"))
      nested.append(format.hasPrefix("+"))
    }
    columnNames = names
    isCategory = categories
    isDecimal = decimals
    isNested = nested
    try ColumnNames.check(names, file: contents.name)
  }

  deinit { mlc_parquet_free(handle) }

  func read(_ columns: [(index: Int, isText: Bool)], threads: Int) throws -> ArrowTable {
    // All of them in one error: each would be an error of its own.
    let nested = columns.filter { isNested[$0.index] }.map { columnNames[$0.index] }
    guard nested.isEmpty else {
      throw TableError.nestedColumns(file: contents.name, columns: nested)
    }
    var failed: Int32 = -1
    do throws(ArrowFailure) {
      return ArrowTable(
        try ArrowFailure.check {
          mlc_parquet_read(
            handle, columns.map { Int32($0.index) }, columns.map(\.isText), Int32(columns.count),
            threads > 1, &failed, $0)
        })
    } catch {
      let file = contents.name
      guard failed >= 0 else {
        throw error.error(about: file, otherwise: .notParquet(file: file, reason: error.message))
      }
      let column = columnNames[Int(failed)]
      throw error.error(
        about: file,
        otherwise: error.isBadText
          ? .invalidText(file: file, column: column)
          : .unsupportedColumn(file: file, column: column, reason: error.message))
    }
  }
}

// A SQLite file as a source of rows.
//
// SQLite lets any column hold any value. What a column holds is its declared type; where there is
// none, as for expressions, all of its values are looked at first.

internal import GRDBSQLite
internal import Tables
internal import Texts

extension DatabaseKind {
  /// A file of SQLite.
  static let sqlite = DatabaseKind(
    schemes: ["sqlite"], form: "sqlite:FILE", endings: [".sqlite", ".sqlite3", ".db"]
  ) { location in
    let path = try SQLiteSource.path(of: location)
    return { _ in try SQLiteSource(path: path) }
  }
}

/// A SQLite file that is read.
final class SQLiteSource: DataSource {
  let name: String
  private let database: SQLiteDatabase

  init(path: String) throws {
    name = path
    database = try SQLiteDatabase(path, isReadOnly: true)
    // One state of the database for everything that is read; this also notices what is no database.
    try database.execute("begin; select count(*) from sqlite_schema;")
  }

  /// The path of `sqlite:FILE` or `sqlite:///FILE`, or of a location that is a path.
  ///
  /// - Throws: `ConnectorError.badLocation`.
  static func path(of location: String) throws -> String {
    guard DatabaseKind.sqlite.matches(location) else { return location }
    var path = location.drop { $0 != ":" }.dropFirst()
    if path.hasPrefix("//") { path = path.dropFirst(2) }
    guard !path.isEmpty else {
      throw ConnectorError.badLocation(
        location: SourceLocation.shown(location), reason: "there is no file name")
    }
    return String(path)
  }

  func columns(of query: SourceQuery) throws -> [SourceColumn] {
    let statement = try database.prepare(query.text, name: query.name)
    let names = statement.columnNames
    let declared = statement.declaredTypes
    try Self.check(names.map { SourceColumn(name: $0, type: .text) }, sortedBy: nil, of: query)
    var types = declared.map { $0.flatMap(Self.type(ofDeclaration:)) }
    // Decimals without a scale may be whole numbers, which stay whole.
    let isDecimal = declared.map { $0.map(Self.isDecimalWithoutScale) ?? false }
    let unknown = types.indices.filter { types[$0] == nil || isDecimal[$0] }
    if !unknown.isEmpty {
      let found = try kindsOfValues(unknown.map { names[$0] }, of: query)
      for (index, kinds) in zip(unknown, found) {
        types[index] =
          isDecimal[index]
          ? kinds.isWhole ? .integer(bits: 64) : .real
          : try kinds.type(source: name, column: names[index])
      }
    }
    return zip(names, types).map { SourceColumn(name: $0, type: $1 ?? .text) }
  }

  func rows(of query: SourceQuery, sortedBy column: String?) throws -> any RowStream {
    let columns = try columns(of: query)
    try Self.check(columns, sortedBy: column, of: query)
    let order = column.map { name in
      let quoted = SQLText.quoted(name)
      // A column of strings may hold numbers too, which SQLite sorts before them all: as strings.
      return columns.holdsText(in: name)
        ? "cast(\(quoted) as text) collate binary" : quoted
    }
    let statement = try database.prepare(query.ordered(by: order), name: query.name)
    return SQLiteRows(statement, columns: columns, query: query, source: name)
  }

  /// What values of a declared type are; nil if the type does not say.
  private static func type(ofDeclaration declared: String) -> SourceType? {
    let type = declared.lowercased()
    let word = String(type.prefix { $0.isLetter })
    switch word {
    case "int", "smallint", "mediumint", "tinyint", "year": return .integer(bits: 32)
    case "integer", "bigint", "boolean", "bool": return .integer(bits: 64)
    case "date", "datetime", "timestamp", "timestamptz": return .instant
    case "decimal", "numeric", "real", "double", "float": return .real
    default:
      if ["char", "clob", "text"].contains(where: type.contains) { return .text }
      return nil
    }
  }

  /// Whether a declaration is that of decimals without digits behind the point, or does not say how
  /// many there are.
  private static func isDecimalWithoutScale(_ declared: String) -> Bool {
    guard ["decimal", "numeric"].contains(declared.lowercased().prefix { $0.isLetter }) else {
      return false
    }
    let scale = declared.split(separator: ",").dropFirst().first?.filter(\.isNumber)
    return scale.map { Int($0) == 0 } ?? true
  }

  /// Which kinds of values a column has.
  private struct ValueKinds {
    let text, real, integer, blob: Bool

    /// Whether there are whole numbers and nothing else.
    var isWhole: Bool { integer && !text && !real && !blob }

    func type(source: String, column: String) throws -> SourceType {
      if blob {
        throw ConnectorError.unsupportedType(source: source, column: column, type: "blob")
      }
      return text ? .text : real ? .real : integer ? .integer(bits: 64) : .text
    }
  }

  /// What the values of columns are.
  private func kindsOfValues(_ names: [String], of query: SourceQuery) throws -> [ValueKinds] {
    let kinds = ["text", "real", "integer", "blob"]
    let counts = names.map { name in
      kinds.map { "sum(typeof(\(SQLText.quoted(name))) = '\($0)')" }.joined(separator: ", ")
    }
    let statement = try database.prepare(
      "select \(counts.joined(separator: ", ")) from (\(query.text)\n)", name: query.name)
    _ = try statement.step(name: query.name)
    return names.indices.map { index in
      let found = kinds.indices.map {
        sqlite3_column_int64(statement.handle, Int32(index * kinds.count + $0)) > 0
      }
      return ValueKinds(text: found[0], real: found[1], integer: found[2], blob: found[3])
    }
  }
}

/// The rows of a query.
private final class SQLiteRows: RowStream {
  let columns: [SourceColumn]
  private let statement: SQLiteStatement
  private let query: SourceQuery
  private let source: String
  private var rowCount = 0
  private(set) var rounded: [RoundedValue] = []
  private var isDone = false

  init(
    _ statement: SQLiteStatement, columns: [SourceColumn], query: SourceQuery, source: String
  ) {
    self.statement = statement
    self.columns = columns
    self.query = query
    self.source = source
  }

  func next() throws -> Table? {
    var batch = RowBatch(columns)
    let handle = statement.handle
    while !isDone && !batch.isFull {
      guard try statement.step(name: query.name) else {
        isDone = true
        break
      }
      do throws(RowBatch.BadCell) {
        try batch.add { index, builder in
          Self.append(handle, Int32(index), to: &builder)
        }
      } catch {
        throw ConnectorError.badValue(
          source: source, row: rowCount + error.row + 1, column: columns[error.column].name,
          value: Self.text(handle, Int32(error.column)),
          expected: columns[error.column].type.expectation)
      }
    }
    rounded.add(batch, after: rowCount, columns: columns)
    rowCount += batch.rowCount
    return batch.rowCount == 0 ? nil : batch.table()
  }

  private static func append(
    _ handle: OpaquePointer, _ index: Int32, to builder: inout ColumnBuilder
  ) -> Bool {
    switch sqlite3_column_type(handle, index) {
    case SQLITE_NULL:
      builder.appendMissing()
      return true
    case SQLITE_INTEGER where builder.holdsText, SQLITE_FLOAT where builder.holdsText,
      SQLITE_TEXT:
      // SQLite writes numbers in columns of strings as text.
      let start = sqlite3_column_text(handle, index)
      let count = Int(sqlite3_column_bytes(handle, index))
      return builder.append(text: UnsafeBufferPointer(start: start, count: count))
    case SQLITE_INTEGER: return builder.append(sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: return builder.append(sqlite3_column_double(handle, index))
    default: return false
    }
  }

  private static func text(_ handle: OpaquePointer, _ index: Int32) -> String {
    if sqlite3_column_type(handle, index) == SQLITE_BLOB { return "a blob" }
    return sqlite3_column_text(handle, index).map { String(cString: $0) } ?? ""
  }
}

// Whether the ledger holds what it should, before anything is decoded from it.
internal import GRDB

/// A value of the ledger that is not what it should be.
struct LedgerDamage: Error, Equatable {
  var table: String
  /// The columns that tell the row, each with its value.
  var row: String
  var column: String
  var found: String
  var expected: String

  var description: String {
    "table \(table), row \(row), column \(column): found \(found), expected \(expected)"
  }
}

/// Looks through all tables.
enum LedgerCheck {
  /// Finds the first value that is not of its kind, or names something that is not there.
  ///
  /// - Throws: `LedgerDamage`; `DatabaseError` where a table or a column is missing.
  static func run(_ database: Database) throws {
    // Relations after the values: they compare what is known to be of its kind.
    for table in LedgerTable.all { try checkValues(table, database) }
    for table in LedgerTable.all {
      for relation in table.relations { try check(relation, of: table, database) }
    }
  }

  private static func checkValues(_ table: LedgerTable, _ database: Database) throws {
    let cases = table.columns.enumerated().map { "WHEN \($0.element.fault) THEN \($0.offset)" }
    let sql = """
      SELECT \(key(of: table)), bad, it.* FROM (
        SELECT *, CASE \(cases.joined(separator: " ")) END AS bad FROM \(table.name)) AS it
      WHERE bad IS NOT NULL LIMIT 1
      """
    guard let row = try Row.fetchOne(database, sql: sql) else { return }
    guard case .int64(let place) = (row[1] as DatabaseValue).storage else { return }
    let column = table.columns[Int(place)]
    throw LedgerDamage(
      table: table.name, row: text(row[0]), column: column.name, found: text(row[column.name]),
      expected: column.expected)
  }

  private static func check(
    _ relation: LedgerTable.Relation, of table: LedgerTable, _ database: Database
  ) throws {
    let given = relation.columns.map { "it.\($0) IS NOT NULL" }.joined(separator: " AND ")
    let sql = """
      SELECT \(key(of: table)), it.* FROM \(table.name) AS it
      WHERE \(given) AND NOT EXISTS (\(relation.holds)) LIMIT 1
      """
    guard let row = try Row.fetchOne(database, sql: sql) else { return }
    throw LedgerDamage(
      table: table.name, row: text(row[0]), column: relation.columns.joined(separator: ", "),
      found: relation.columns.map { text(row[$0]) }.joined(separator: ", "),
      expected: relation.expected)
  }

  /// The expression of a row's key as a text.
  private static func key(of table: LedgerTable) -> String {
    table.key.map { "COALESCE(CAST(it.\($0) AS TEXT), 'null')" }.joined(separator: " || ' ' || ")
  }

  /// A value as it is shown, whatever it is.
  private static func text(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null: "nothing"
    case .int64(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): text.count <= 60 ? "'\(text)'" : "'\(text.prefix(60))...'"
    case .blob(let bytes): "\(bytes.count) bytes that are no text"
    }
  }
}

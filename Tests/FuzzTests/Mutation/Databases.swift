// Damage of an SQLite database: cells of any type and value, rows that are gone or twice, tables of
// another form, bytes.
import Foundation
import GRDB
import NumericCore

/// A database that can be damaged again and again.
struct DamagedDatabase {
  /// The bytes of the file before any damage.
  let original: Data
  /// The tables with their columns.
  let tables: [(name: String, columns: [String])]
  /// Where damaged ones are written.
  let path: String

  /// - Parameter path: a database that is closed; it is damaged in place.
  init(path: String) throws {
    self.path = path
    let queue = try DatabaseQueue(path: path)
    tables = try queue.writeWithoutTransaction { database in
      _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      _ = try Row.fetchAll(database, sql: "PRAGMA journal_mode = DELETE")
      let names = try String.fetchAll(
        database,
        sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      return try names.sorted().map { name in
        (name, try database.columns(in: name).map(\.name))
      }
    }
    try queue.close()
    original = try Data(contentsOf: URL(filePath: path))
  }

  private static let strange = [
    "NULL", "0", "1", "-1", "2", "7", "1.5", "-1.5", "1e300", "9e999", "9223372036854775807",
    "-9223372036854775808", "4294967296", "''", "'x'", "'1'", "' '", "'nan'", "'inf'", "'complete'",
    "'pruned'", "'running'", "'champion'", "'0.5 0.5'", "'2026-01-01T00:00:00Z'", "'[]'", "'{}'",
    "'null'", "x''", "x'00'", "x'FF'", "zeroblob(70000)", "char(0)", "'../x'", "'é'",
  ]

  /// Writes a damaged database.
  func damage(_ random: inout SeededGenerator) throws {
    for end in ["-wal", "-shm", "-journal"] {
      try? FileManager.default.removeItem(atPath: path + end)
    }
    if random.once(in: 6) {
      try Data([UInt8](original).mutatedBytes(&random)).write(to: URL(filePath: path))
      return
    }
    try original.write(to: URL(filePath: path))
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = OFF")
      try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    queue.writeWithoutTransaction { database in
      for _ in 0...random.index(3) {
        // What the tables' own rules refuse is no damage.
        try? database.execute(sql: statement(&random))
      }
    }
    try queue.close()
  }

  private func statement(_ random: inout SeededGenerator) -> String {
    let table = random.one(of: tables)
    let (one, two) = (random.one(of: table.columns), random.one(of: table.columns))
    let rows =
      random.once(in: 3)
      ? ""
      : " WHERE \"\(one)\" IN (SELECT \"\(one)\" FROM \"\(table.name)\" LIMIT 1 OFFSET \(random.index(4)))"
    let value = random.one(of: Self.strange)
    return switch random.index(12) {
    case 0: "DELETE FROM \"\(table.name)\"\(rows)"
    case 1: "DROP TABLE \"\(table.name)\""
    case 2: "ALTER TABLE \"\(table.name)\" DROP COLUMN \"\(one)\""
    case 3: "ALTER TABLE \"\(table.name)\" RENAME COLUMN \"\(one)\" TO x"
    case 4: "UPDATE OR REPLACE \"\(table.name)\" SET \"\(one)\" = \"\(two)\"\(rows)"
    case 5:
      "INSERT INTO \"\(table.name)\" VALUES ("
        + table.columns.map { _ in random.one(of: Self.strange) }.joined(separator: ", ") + ")"
    case 6:
      "CREATE TABLE x AS SELECT * FROM \"\(table.name)\"; DROP TABLE \"\(table.name)\"; "
        + "ALTER TABLE x RENAME TO \"\(table.name)\"; "
        + "UPDATE \"\(table.name)\" SET \"\(one)\" = \(value)"
    default: "UPDATE OR REPLACE \"\(table.name)\" SET \"\(two)\" = \(value)\(rows)"
    }
  }
}

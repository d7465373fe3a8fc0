// The audit log's records, made in the transaction of what they tell, each chained to the one before.
internal import GRDB
internal import Glibc
internal import Storage

extension Ledger {
  /// What the first record is chained to.
  static let chainStart = String(repeating: "0", count: 64)

  /// Adds a record to the audit log.
  static func record(
    _ event: String, _ details: [String: String], at time: Double, in database: Database
  ) throws {
    let last = try Row.fetchOne(
      database, sql: "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
    let sequence: Int64 = last.map { $0[0] + 1 } ?? 1
    let previous: String = last.map { $0[1] } ?? chainStart
    // JSON by hand where the order of members counts: the hash covers the line up to itself.
    var line = "{\"seq\":\(sequence),\"time\":\"\(Moment.text(time))\",\"event\":\(text(event))"
    line += ",\"uid\":\(getuid()),\"pid\":\(getpid()),\"details\":\(text(details))"
    line += ",\"prev\":\"\(previous)\""
    let hash = chainHash(line)
    line += ",\"hash\":\"\(hash)\"}"
    try database.execute(
      sql: "INSERT INTO audit VALUES (?, ?, ?)", arguments: [sequence, line, hash])
  }

  /// The hash of a record, of its line up to the hash.
  static func chainHash(_ line: String) -> String {
    Digest.sha256(Array(line.utf8)).hexadecimal
  }

  /// Takes a record back that the files have and an older copy of the ledger has not.
  static func adopt(_ line: String, sequence: Int64, hash: String, in database: Database) throws {
    try database.execute(
      sql: "INSERT INTO audit VALUES (?, ?, ?)", arguments: [sequence, line, hash])
  }

  /// Removes the records up to one.
  func forgetAudit(upTo sequence: Int64) throws {
    guard sequence > 0 else { return }
    try write {
      try $0.execute(sql: "DELETE FROM audit WHERE sequence <= ?", arguments: [sequence])
    }
  }

  /// The records after one, at most so many.
  func auditLines(after sequence: Int64, limit: Int) throws -> [(sequence: Int64, line: String)] {
    try read { database in
      let lines: [(sequence: Int64, line: String)] = try Row.fetchAll(
        database,
        sql: "SELECT sequence, line FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
        arguments: [sequence, limit]
      ).map { ($0[0], $0[1]) }
      // In a damaged file a key can be there twice.
      for (line, next) in zip(lines, lines.dropFirst()) where next.sequence <= line.sequence {
        throw LedgerDamage(
          table: "audit", row: "\(next.sequence)", column: "sequence", found: "\(next.sequence)",
          expected: "a number above \(line.sequence), that of the record before it")
      }
      return lines
    }
  }

  /// The last record that is known to be in the files; 0 where none is.
  func auditWritten() throws -> Int64 {
    try read { database in
      Int64(
        try Double.fetchOne(
          database, sql: "SELECT value FROM counters WHERE name = 'audit_written'") ?? 0)
    }
  }

  /// Notes that the files have all records up to one.
  func noteAuditWritten(_ sequence: Int64) throws {
    try write {
      try $0.execute(
        sql: "INSERT OR REPLACE INTO counters VALUES ('audit_written', ?)",
        arguments: [Double(sequence)])
    }
  }

  /// The number and the hash of the last record; nil where there is none.
  func auditHead() throws -> (sequence: Int64, hash: String)? {
    try read { database in
      try Row.fetchOne(
        database, sql: "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"
      ).map { (sequence: $0[0], hash: $0[1]) }
    }
  }
}

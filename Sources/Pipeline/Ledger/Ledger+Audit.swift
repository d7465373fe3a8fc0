// The audit log's records, made in the transaction of what they tell, each chained to the one before.
internal import GRDB
internal import Glibc
internal import Storage

extension Ledger {
  /// What the first record is chained to.
  static let chainStart = String(repeating: "0", count: 64)

  /// The hash of a record, of its line up to the hash.
  static func chainHash(_ line: String) -> String {
    Digest.sha256(Array(line.utf8)).hexadecimal
  }

  /// Removes the records up to one.
  func forgetAudit(upTo sequence: Int64) throws {
    guard sequence > 0 else { return }
    try transaction { try $0.execute("DELETE FROM audit WHERE sequence <= ?", [sequence]) }
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
    Int64(try value("SELECT value FROM counters WHERE name = 'audit_written'") ?? 0.0)
  }

  /// Notes that the files have all records up to one.
  func noteAuditWritten(_ sequence: Int64) throws {
    try transaction {
      try $0.execute(
        "INSERT OR REPLACE INTO counters VALUES ('audit_written', ?)", [Double(sequence)])
    }
  }

  /// The number and the hash of the last record; nil where there is none.
  func auditHead() throws -> (sequence: Int64, hash: String)? {
    try rows("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1").first
      .map { (sequence: $0[0], hash: $0[1]) }
  }
}

extension LedgerTransaction {
  /// Adds a record to the audit log.
  func record(_ event: String, _ details: [String: String]) throws {
    let last = try Row.fetchOne(
      database, sql: "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
    let sequence: Int64 = last.map { $0[0] + 1 } ?? 1
    let previous: String = last.map { $0[1] } ?? Ledger.chainStart
    // JSON by hand where the order of members counts: the hash covers the line up to itself.
    var line =
      "{\"seq\":\(sequence),\"time\":\"\(Timestamp.text(time))\",\"event\":\(Ledger.text(event))"
    line += ",\"uid\":\(getuid()),\"pid\":\(getpid()),\"details\":\(Ledger.text(details))"
    line += ",\"prev\":\"\(previous)\""
    let hash = Ledger.chainHash(line)
    line += ",\"hash\":\"\(hash)\"}"
    try execute("INSERT INTO audit VALUES (?, ?, ?)", [sequence, line, hash])
  }
}

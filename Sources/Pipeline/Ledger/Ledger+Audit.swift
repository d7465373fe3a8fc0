// The audit log's records, made in the transaction of what they tell, each chained to the one before.
internal import GRDB
internal import Glibc
internal import PipelineSecurity

extension Ledger {
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
    try read(LedgerTransaction.auditHead)
  }

  /// Gives records the lines that they should have, and adds the record of the repair that says so.
  ///
  /// - Parameters:
  ///   - records: the number of each, and its line and hash; nil for one that is removed.
  ///   - head: the number of the last record as the repair has seen it.
  ///   - end: the number and the hash that the record of the repair follows.
  /// - Returns: false, and nothing is changed, if there is another last record by now.
  func correctAudit(
    _ records: [(sequence: Int64, line: String?, hash: String?)], expecting head: Int64?,
    after end: (sequence: Int64, hash: String), details: [String: String]
  ) throws -> Bool {
    try transaction { transaction in
      guard try LedgerTransaction.auditHead(in: transaction.database)?.sequence == head else {
        return false
      }
      for record in records {
        guard let line = record.line, let hash = record.hash else {
          try transaction.execute("DELETE FROM audit WHERE sequence = ?", [record.sequence])
          continue
        }
        try transaction.execute(
          "UPDATE audit SET line = ?, hash = ? WHERE sequence = ? AND (line, hash) <> (?, ?)",
          [line, hash, record.sequence, line, hash])
      }
      try transaction.record("audit.repaired", details, after: end)
      return true
    }
  }
}

extension LedgerTransaction {
  /// The number and the hash of the last record; nil where there is none.
  static func auditHead(in database: Database) throws -> (sequence: Int64, hash: String)? {
    try Row.fetchOne(
      database, sql: "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"
    ).map { (sequence: $0[0], hash: $0[1]) }
  }

  /// Adds a record to the audit log.
  ///
  /// - Parameter end: the number and the hash that it follows; nil for those of the last record.
  func record(
    _ event: String, _ details: [String: String], after end: (sequence: Int64, hash: String)? = nil
  ) throws {
    let last = try end ?? Self.auditHead(in: database)
    let sequence = (last?.sequence ?? 0) + 1
    let previous = last?.hash ?? AuditRecord.chainStart
    // JSON by hand where the order of members counts: the hash covers the line up to itself.
    var line =
      "{\"seq\":\(sequence),\"time\":\"\(Timestamp.text(time))\",\"event\":\(Ledger.text(event))"
    line += ",\"uid\":\(getuid()),\"pid\":\(getpid()),\"details\":\(Ledger.text(details))"
    line += ",\"prev\":\"\(previous)\""
    let hash = AuditRecord.chainHash(line)
    line += ",\"hash\":\"\(hash)\"}"
    try execute("INSERT INTO audit VALUES (?, ?, ?)", [sequence, line, hash])
  }
}

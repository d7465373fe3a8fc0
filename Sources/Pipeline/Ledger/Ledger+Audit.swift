// The audit log's records, made in the transaction of what they tell, each chained to the one before.
internal import Crypto
internal import GRDB
internal import Glibc

extension Ledger {
  /// What the first record is chained to.
  static let chainStart = String(repeating: "0", count: 64)

  /// Adds a record to the audit log.
  ///
  /// - Parameter end: the number and the hash that it follows; nil for those of the last record.
  static func record(
    _ event: String, _ details: [String: String], after end: (sequence: Int64, hash: String)? = nil,
    at time: Double, in database: Database
  ) throws {
    let last = try end ?? auditHead(in: database)
    let sequence = (last?.sequence ?? 0) + 1
    let previous = last?.hash ?? chainStart
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
    SHA256.hash(data: Array(line.utf8)).hexadecimal
  }

  /// Takes a record back that the files have and an older copy of the ledger has not.
  static func adopt(_ line: String, sequence: Int64, hash: String, in database: Database) throws {
    try database.execute(
      sql: "INSERT INTO audit VALUES (?, ?, ?)", arguments: [sequence, line, hash])
  }

  /// Gives a record the line and the hash that it should have, or removes it.
  static func correct(
    _ sequence: Int64, to sound: (line: String, hash: String)?, in database: Database
  ) throws {
    guard let sound else {
      return try database.execute(
        sql: "DELETE FROM audit WHERE sequence = ?", arguments: [sequence])
    }
    try database.execute(
      sql: "UPDATE audit SET line = ?, hash = ? WHERE sequence = ? AND (line, hash) <> (?, ?)",
      arguments: [sound.line, sound.hash, sequence, sound.line, sound.hash])
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
    try read(Self.auditHead)
  }

  static func auditHead(in database: Database) throws -> (sequence: Int64, hash: String)? {
    try Row.fetchOne(
      database, sql: "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"
    ).map { (sequence: $0[0], hash: $0[1]) }
  }
}

extension Sequence<UInt8> {
  /// The bytes as lower-case hexadecimal digits.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

// The files of the ledger: every input is in it exactly once, with how it ended.
internal import GRDB
internal import Storage

/// How an input ended.
enum FileState: String, Sendable {
  /// It is used.
  case ingested
  /// Its content was ingested before.
  case duplicate
  /// It cannot be used.
  case quarantined
}

/// An input, as the ledger has it.
struct FileRecord: Sendable {
  var source: String
  var name: String
  var identity: Disk.Identity
  var sha256: String
  /// The path of the stored bytes, relative to the folder of objects.
  var object: String
  var state: FileState
  var role: Examination.Role
  /// Whether every training reads it, whatever its window.
  var isBackground: Bool
  var rows: Int
  var findings: [Finding]
  var drift: Double
}

/// An ingested file.
struct IngestedFile: Sendable {
  var id: Int64
  var name: String
  var sha256: String
  var object: String
  var rows: Int
  /// Whether every training reads it, whatever its window.
  var isBackground: Bool
}

extension Ledger {
  /// Where an input is and which state of it.
  struct InputKey: Hashable, Sendable {
    var source: String
    var name: String
    var identity: Disk.Identity
  }

  /// The inputs of a source that are in the ledger.
  func knownInputs(of source: String) throws -> Set<InputKey> {
    try read { database in
      var known: Set<InputKey> = []
      let rows = try Row.fetchCursor(
        database,
        sql: "SELECT name, device, inode, size, modified, changed FROM files WHERE source = ?",
        arguments: [source])
      while let row = try rows.next() {
        known.insert(
          InputKey(
            source: source, name: row[0],
            identity: Disk.Identity(
              device: UInt64(bitPattern: row[1]), inode: UInt64(bitPattern: row[2]), size: row[3],
              modified: row[4], changed: row[5])))
      }
      return known
    }
  }

  /// Whether an input is in the ledger.
  func contains(_ key: InputKey) throws -> Bool {
    try read { database in
      try Bool.fetchOne(
        database,
        sql: """
          SELECT EXISTS (SELECT 1 FROM files WHERE source = ? AND name = ? AND device = ?
            AND inode = ? AND size = ? AND modified = ? AND changed = ?)
          """,
        arguments: [
          key.source, key.name, Int64(bitPattern: key.identity.device),
          Int64(bitPattern: key.identity.inode), key.identity.size, key.identity.modified,
          key.identity.changed,
        ]) ?? false
    }
  }

  /// Whether an input of a source with this content is in the ledger, whatever its name is now.
  func contains(_ identity: Disk.Identity, of source: String) throws -> Bool {
    try read { database in
      try Bool.fetchOne(
        database,
        sql: """
          SELECT EXISTS (SELECT 1 FROM files WHERE source = ? AND device = ? AND inode = ?
            AND size = ? AND modified = ?)
          """,
        arguments: [
          source, Int64(bitPattern: identity.device), Int64(bitPattern: identity.inode),
          identity.size, identity.modified,
        ]) ?? false
    }
  }

  /// What the file of this content is good for that was ingested; nil where none was.
  func ingestedRole(sha256: String) throws -> Examination.Role? {
    try read { database in
      try String.fetchOne(
        database,
        sql: """
          SELECT role FROM files WHERE sha256 = ? AND state = 'ingested' AND removed IS NULL LIMIT 1
          """,
        arguments: [sha256]
      ).flatMap(Examination.Role.init)
    }
  }

  /// What the content of this SHA-256 without a key is stored as, if the ledger counts on it; nil
  /// where it does not.
  ///
  /// - Parameter object: what it would be stored as now; a refused file counts only if it was read as
  ///   one of the same kind.
  func knownObject(sha256: String, object: String) throws -> String? {
    try read { database in
      try String.fetchOne(
        database,
        sql: """
          SELECT object FROM files WHERE sha256 = ? AND removed IS NULL
            AND (state = 'ingested' OR object = ?) ORDER BY state = 'ingested' DESC LIMIT 1
          """, arguments: [sha256, object])
    }
  }

  /// Adds an input and what the audit log says of it.
  ///
  /// Where its content was let in while it was looked at, it is a duplicate.
  static func add(_ file: FileRecord, at time: Double, in database: Database) throws {
    var file = file
    if file.state == .ingested, try isIngested(file.sha256, in: database) {
      file.state = .duplicate
      (file.isBackground, file.rows, file.findings, file.drift) = (false, 0, [], 0)
    }
    try insert(file, at: time, in: database)
    var details = details(of: file.findings, rows: file.rows, role: file.role)
    details["name"] = file.name
    details["source"] = file.source
    details["sha256"] = file.sha256
    details["object"] = file.object
    details["background"] = String(file.isBackground)
    try record("file.\(file.state.rawValue)", details, at: time, in: database)
  }

  private static func isIngested(_ sha256: String, in database: Database) throws -> Bool {
    try Bool.fetchOne(
      database,
      sql: """
        SELECT EXISTS (SELECT 1 FROM files WHERE sha256 = ? AND state = 'ingested'
          AND removed IS NULL)
        """, arguments: [sha256]) ?? false
  }

  private static func details(
    of findings: [Finding], rows: Int, role: Examination.Role
  ) -> [String: String] {
    [
      "role": role.rawValue, "rows": String(rows),
      "findings": findings.map(\.code).joined(separator: ","),
    ]
  }

  /// Adds an input, of which the audit log knows.
  static func insert(_ file: FileRecord, at time: Double, in database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO files (source, name, device, inode, size, modified, changed, sha256, object,
          state, role, rows, findings, drift, at, background)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        file.source, file.name, Int64(bitPattern: file.identity.device),
        Int64(bitPattern: file.identity.inode), file.identity.size, file.identity.modified,
        file.identity.changed, file.sha256, file.object, file.state.rawValue, file.role.rawValue,
        file.rows, text(file.findings), file.drift, time, file.isBackground,
      ])
  }

  /// Lets a quarantined input in after all; other inputs of its content become duplicates.
  ///
  /// What models learn from comes last, as if it had just been dropped. What is predicted keeps its
  /// place, so that it does not take that of newer content of its name.
  ///
  /// - Returns: false where it is not in quarantine any more, or its content was ingested; then
  ///   nothing has changed.
  static func release(
    _ id: Int64, as found: Examination, at time: Double, in database: Database
  ) throws -> Bool {
    guard
      let input = try Row.fetchOne(
        database, sql: "SELECT name, source, sha256, object FROM files WHERE id = ?",
        arguments: [id]),
      try letIn(id, as: found, at: time, in: database)
    else { return false }
    var details = details(of: found.warnings, rows: found.rows, role: found.role)
    details["name"] = input["name"] as String
    details["source"] = input["source"] as String
    details["sha256"] = input["sha256"] as String
    details["object"] = input["object"] as String
    details["background"] = String(found.isBackground)
    try record("file.released", details, at: time, in: database)
    return true
  }

  /// Lets a quarantined input in, of which the audit log knows.
  static func letIn(
    _ id: Int64, as found: Examination, at time: Double, in database: Database
  ) throws -> Bool {
    let (role, rows, findings) = (found.role, found.rows, found.warnings)
    try database.execute(
      sql: """
        UPDATE files SET state = 'ingested', role = ?, rows = ?, findings = ?, drift = ?, at = ?,
          background = ?
        WHERE id = ? AND state = 'quarantined' AND NOT EXISTS (SELECT 1 FROM files AS other
          WHERE other.sha256 = files.sha256 AND other.state = 'ingested' AND other.removed IS NULL)
        """,
      arguments: [
        role.rawValue, rows, text(findings), found.drift.values.max() ?? 0, time,
        found.isBackground, id,
      ])
    guard database.changesCount == 1 else { return false }
    try database.execute(
      sql: """
        UPDATE files SET state = 'duplicate', role = ? WHERE state = 'quarantined'
          AND sha256 = (SELECT sha256 FROM files WHERE id = ?)
        """, arguments: [role.rawValue, id])
    guard role == .labelled else { return true }
    // A new number, greater than all before: trainings go by these.
    try database.execute(
      sql: """
        UPDATE files SET id = 1 + MAX((SELECT MAX(id) FROM files),
          (SELECT seq FROM sqlite_sequence WHERE name = 'files')) WHERE id = ?
        """, arguments: [id])
    return true
  }

  /// The labelled files, the oldest first.
  func labelledFiles() throws -> [IngestedFile] { try labelledFiles(where: "TRUE", limit: .max) }

  /// The labelled file that came first, those apart that every training reads.
  func firstLabelledFile() throws -> IngestedFile? {
    try labelledFiles(where: "background = 0", limit: 1).first
  }

  private func labelledFiles(where condition: String, limit: Int) throws -> [IngestedFile] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT id, name, sha256, object, rows, background FROM files
          WHERE state = 'ingested' AND role = 'labelled' AND removed IS NULL AND \(condition)
          ORDER BY id LIMIT ?
          """, arguments: [limit]
      ).map {
        IngestedFile(
          id: $0[0], name: $0[1], sha256: $0[2], object: $0[3], rows: $0[4], isBackground: $0[5])
      }
    }
  }
}

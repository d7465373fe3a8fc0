// The files of the ledger: every input is in it exactly once, with how it ended.
internal import GRDB
internal import LoopContract
internal import Storage

/// How an input ended.
enum FileState: String, Sendable, CaseIterable {
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

    fileprivate static let columns = "source, name, device, inode, size, modified, changed"
    /// The values of the columns.
    fileprivate var values: StatementArguments {
      [
        source, name, Int64(bitPattern: identity.device), Int64(bitPattern: identity.inode),
        identity.size, identity.modified, identity.changed,
      ]
    }
  }

  /// The inputs of a source that are in the ledger.
  func knownInputs(of source: String) throws -> Set<InputKey> {
    try read { database in
      var known: Set<InputKey> = []
      // One after the other: a folder of many years has many.
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
    try value(
      "SELECT EXISTS (SELECT 1 FROM files WHERE (\(InputKey.columns)) = (?, ?, ?, ?, ?, ?, ?))",
      key.values) ?? false
  }

  /// Whether an input of a source with this content is in the ledger, whatever its name is now.
  func contains(_ identity: Disk.Identity, of source: String) throws -> Bool {
    try value(
      """
      SELECT EXISTS (SELECT 1 FROM files WHERE source = ? AND device = ? AND inode = ?
        AND size = ? AND modified = ?)
      """,
      [
        source, Int64(bitPattern: identity.device), Int64(bitPattern: identity.inode),
        identity.size, identity.modified,
      ]) ?? false
  }

  /// What the file of this content is good for that was ingested; nil where none was.
  func ingestedRole(sha256: String) throws -> Examination.Role? {
    let role: String? = try value(
      "SELECT role FROM files WHERE sha256 = ? AND state = 'ingested' AND removed IS NULL LIMIT 1",
      [sha256])
    return role.flatMap(Examination.Role.init)
  }

  /// What the content of this SHA-256 without a key is stored as, if the ledger counts on it; nil
  /// where it does not.
  ///
  /// - Parameter object: what it would be stored as now; a refused file counts only if it was read as
  ///   one of the same kind.
  func knownObject(sha256: String, object: String) throws -> String? {
    try value(
      """
      SELECT object FROM files WHERE sha256 = ? AND removed IS NULL
        AND (state = 'ingested' OR object = ?) ORDER BY state = 'ingested' DESC LIMIT 1
      """, [sha256, object])
  }

  /// The labelled files, the oldest first.
  func labelledFiles() throws -> [IngestedFile] { try labelledFiles(where: "TRUE", limit: .max) }

  /// The labelled file that came first, those apart that every training reads.
  func firstLabelledFile() throws -> IngestedFile? {
    try labelledFiles(where: "background = 0", limit: 1).first
  }

  private func labelledFiles(where condition: String, limit: Int) throws -> [IngestedFile] {
    try rows(
      """
      SELECT id, name, sha256, object, rows, background FROM files
      WHERE state = 'ingested' AND role = 'labelled' AND removed IS NULL AND \(condition)
      ORDER BY id LIMIT ?
      """, [limit]
    ).map {
      IngestedFile(
        id: $0[0], name: $0[1], sha256: $0[2], object: $0[3], rows: $0[4], isBackground: $0[5])
    }
  }
}

extension LedgerTransaction {
  /// Adds an input and what the audit log says of it.
  ///
  /// Where its content was let in while it was looked at, it is a duplicate.
  func add(_ file: FileRecord) throws {
    var file = file
    let isKnown: Bool? = try value(
      """
      SELECT EXISTS (SELECT 1 FROM files WHERE sha256 = ? AND state = 'ingested'
        AND removed IS NULL)
      """, [file.sha256])
    if file.state == .ingested, isKnown == true {
      file.state = .duplicate
      (file.isBackground, file.rows, file.findings, file.drift) = (false, 0, [], 0)
    }
    try insert(file)
    try record(
      "file.\(file.state.rawValue)", file, from: file.source,
      Examination(
        role: file.role, isBackground: file.isBackground, rows: file.rows, warnings: file.findings))
  }

  /// Records what an input was found to be.
  func record(
    _ event: String, _ file: some StoredContent, from source: String, _ found: Examination
  ) throws {
    try record(
      event,
      [
        "role": found.role.rawValue, "rows": String(found.rows),
        "findings": found.warnings.map(\.code).joined(separator: ","), "name": file.name,
        "source": source, "sha256": file.sha256, "object": file.object,
        "background": String(found.isBackground),
      ])
  }

  /// Adds an input; the audit log has the record already.
  func insert(_ file: FileRecord) throws {
    try execute(
      """
      INSERT INTO files (\(Ledger.InputKey.columns), sha256, object, state, role, rows, findings,
        drift, at, background)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      Ledger.InputKey(source: file.source, name: file.name, identity: file.identity).values + [
        file.sha256, file.object, file.state.rawValue, file.role.rawValue, file.rows,
        Ledger.text(file.findings), file.drift, time, file.isBackground,
      ])
  }
}

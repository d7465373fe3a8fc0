// The refused files of the ledger, and the way in for one of them.
internal import GRDB
internal import LoopContract

/// A refused input, as the ledger has it.
struct RefusedRecord: Sendable, Decodable, FetchableRecord {
  var id: Int64
  var name: String
  var source: String
  var sha256: String
  var object: String
  var rows: Int
  var findings: [Finding]
  var at: Double
}

extension Ledger {
  /// The refused inputs, the newest first.
  func refused() throws -> [RefusedRecord] {
    try records("SELECT * FROM files WHERE state = 'quarantined' ORDER BY id DESC")
  }
}

extension LedgerTransaction {
  /// Lets a refused input in after all; other inputs of its content become duplicates.
  ///
  /// What models learn from comes last, as if it had just been dropped. What is predicted keeps its
  /// place, so that it does not take that of newer content of its name.
  ///
  /// - Returns: whether newer content of its name is predicted in its place; nil where it is not in
  ///   quarantine any more, or its content was ingested: then nothing has changed.
  func release(_ refused: RefusedRecord, as found: Examination) throws -> Bool? {
    guard try letIn(refused.id, as: found) else { return nil }
    try record("file.released", refused, from: refused.source, found)
    return try found.role == .unlabelled
      && value(
        """
        SELECT EXISTS (SELECT 1 FROM files WHERE name = ? AND source = ? AND id > ?
          AND role = 'unlabelled' AND state IN ('ingested', 'duplicate') AND sha256 <> ?)
        """, [refused.name, refused.source, refused.id, refused.sha256]) ?? false
  }

  /// Lets a quarantined input in; the audit log has the record already.
  func letIn(_ id: Int64, as found: Examination) throws -> Bool {
    let (role, rows, findings) = (found.role, found.rows, found.warnings)
    try execute(
      """
      UPDATE files SET state = 'ingested', role = ?, rows = ?, findings = ?, drift = ?, at = ?,
        background = ?
      WHERE id = ? AND state = 'quarantined' AND NOT EXISTS (SELECT 1 FROM files AS other
        WHERE other.sha256 = files.sha256 AND other.state = 'ingested' AND other.removed IS NULL)
      """,
      [
        role.rawValue, rows, Ledger.text(findings), found.drift.values.max() ?? 0, time,
        found.isBackground, id,
      ])
    guard database.changesCount == 1 else { return false }
    try execute(
      """
      UPDATE files SET state = 'duplicate', role = ? WHERE state = 'quarantined'
        AND sha256 = (SELECT sha256 FROM files WHERE id = ?)
      """, [role.rawValue, id])
    guard role == .labelled else { return true }
    // A new number, greater than all before: trainings go by these.
    try execute(
      """
      UPDATE files SET id = 1 + MAX((SELECT MAX(id) FROM files),
        (SELECT seq FROM sqlite_sequence WHERE name = 'files')) WHERE id = ?
      """, [id])
    return true
  }
}

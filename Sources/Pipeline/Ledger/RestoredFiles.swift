// What the audit log tells of files, for a ledger that was restored from an older copy: files that came
// since are in the store, and in no inbox any more, and must not be taken for what nobody needs.
internal import GRDB
internal import Glibc
internal import LoopContract
internal import PipelineSecurity
internal import Storage

extension Ledger {
  /// Takes back records that the audit log has and an older copy of the ledger has not, with what they
  /// tell of files.
  ///
  /// - Parameters:
  ///   - known: the number of the last record of the copy.
  ///   - written: that of the last record of the audit log.
  func restore(
    _ records: [(record: AuditRecord, line: String)], of home: LoopDirectory, known: Int64,
    written: Int64
  ) throws {
    try transaction { transaction in
      for (record, line) in records {
        try transaction.execute(
          "INSERT INTO audit VALUES (?, ?, ?)", [record.seq, line, record.hash])
        let then = LedgerTransaction(
          database: transaction.database,
          time: Timestamp.seconds(record.time) ?? transaction.time)
        try RestoredFiles(home: home, transaction: then)
          .restore(record.event, record.details, sequence: record.seq)
      }
      try transaction.record(
        "ledger.restored", ["known": "\(known)", "written": "\(written)"])
    }
  }
}

/// Puts rows of files back.
struct RestoredFiles {
  let home: LoopDirectory
  let transaction: LedgerTransaction

  /// Does again to the files of the ledger what a record tells of.
  ///
  /// What lies in other folders than the inbox is found again; of that, only what was of use comes
  /// back, as it may be gone there. If it is found after all, it is a duplicate.
  ///
  /// - Parameter sequence: the number of the record.
  func restore(_ event: String, _ details: [String: String], sequence: Int64) throws {
    switch event {
    case "file.ingested": try add(details, .ingested, sequence)
    case "file.duplicate" where details["source"] == home.inbox:
      try add(details, .duplicate, sequence)
    case "file.quarantined" where details["source"] == home.inbox:
      try add(details, .quarantined, sequence)
    case "file.released": try release(details, sequence)
    case "object.removed": try remove(details)
    default: break
    }
  }

  private func add(
    _ details: [String: String], _ state: FileState, _ sequence: Int64
  ) throws {
    guard let source = details["source"], let name = details["name"],
      let sha256 = details["sha256"], let found = examination(details)
    else { return }
    let object = object(details, sha256: sha256)
    // What it was found as is not known any more: a number that no file system gives.
    let identity = Disk.Identity(
      device: 0, inode: UInt64(bitPattern: sequence),
      size: Disk.status("\(home.objects)/\(object)").map { Int($0.st_size) } ?? 0, modified: 0,
      changed: 0)
    try transaction.insert(
      FileRecord(
        source: source, name: name, identity: identity, sha256: sha256, object: object,
        state: state, role: found.role, isBackground: found.isBackground, rows: found.rows,
        findings: found.warnings, drift: 0))
  }

  private func release(_ details: [String: String], _ sequence: Int64) throws {
    let id: Int64? = try transaction.value(
      """
      SELECT id FROM files WHERE state = 'quarantined' AND source = ? AND name = ? AND sha256 = ?
      ORDER BY id DESC LIMIT 1
      """, [details["source"], details["name"], details["sha256"]])
    guard let id, let found = examination(details) else {
      return try add(details, .ingested, sequence)
    }
    _ = try transaction.letIn(id, as: found)
  }

  /// What a record says that a file was found to be.
  private func examination(_ details: [String: String]) -> Examination? {
    details["role"].flatMap(Examination.Role.init).map { role in
      Examination(
        role: role, isBackground: details["background"] == "true",
        rows: details["rows"].flatMap { Int($0) } ?? 0,
        warnings: (details["findings"] ?? "").split(separator: ",").map {
          Finding(code: String($0), message: "noted before the ledger was restored")
        })
    }
  }

  /// Notes that retention has removed an object since.
  private func remove(_ details: [String: String]) throws {
    guard let path = details["path"], path.hasPrefix("objects/") else { return }
    let object = String(path.dropFirst("objects/".count))
    // Without an ending where a record did not say what it was stored as.
    let bare = object.prefix { $0 != "." }
    try transaction.execute(
      "UPDATE files SET removed = ? WHERE object IN (?, ?) AND removed IS NULL",
      [transaction.time, object, String(bare)])
  }

  /// What a content is stored as: what the record says, or else what there is.
  private func object(_ details: [String: String], sha256: String) -> String {
    if let object = details["object"] { return object }
    let folder = String(sha256.prefix(2))
    let names = ((try? Disk.names(in: "\(home.objects)/\(folder)")) ?? [])
      .filter { $0.hasPrefix(sha256) }
    // The same content may be there under several endings.
    let own = (details["name"] ?? "").split(separator: ".").last?.lowercased() ?? ""
    let name = names.first { $0.dropFirst(sha256.count).hasPrefix(".\(own)") }
    return "\(folder)/\(name ?? names.first ?? sha256)"
  }
}

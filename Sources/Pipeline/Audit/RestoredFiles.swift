// What the audit log tells of files, for a ledger that was restored from an older copy: files that came
// since are in the store, and in no inbox any more, and must not be taken for what nobody needs.
internal import GRDB
internal import Glibc
internal import Storage

/// Puts rows of files back.
struct RestoredFiles {
  let home: Home

  /// Does again to the files of the ledger what a record tells of.
  ///
  /// What lies in other folders than the inbox is found again; of that, only what was of use comes
  /// back, as it may be gone there. If it is found after all, it is a duplicate.
  ///
  /// - Parameter sequence: the number of the record.
  func restore(
    _ event: String, _ details: [String: String], sequence: Int64, at time: Double,
    in database: Database
  ) throws {
    switch event {
    case "file.ingested": try add(details, .ingested, sequence, at: time, in: database)
    case "file.duplicate" where details["source"] == home.inbox:
      try add(details, .duplicate, sequence, at: time, in: database)
    case "file.quarantined" where details["source"] == home.inbox:
      try add(details, .quarantined, sequence, at: time, in: database)
    case "file.released": try release(details, sequence, at: time, in: database)
    case "object.removed": try remove(details, at: time, in: database)
    default: break
    }
  }

  private func add(
    _ details: [String: String], _ state: FileState, _ sequence: Int64, at time: Double,
    in database: Database
  ) throws {
    guard let source = details["source"], let name = details["name"],
      let sha256 = details["sha256"],
      let role = details["role"].flatMap(Examination.Role.init)
    else { return }
    let object = object(details, sha256: sha256)
    // What it was found as is not known any more: a number that no file system gives.
    let identity = Disk.Identity(
      device: 0, inode: UInt64(bitPattern: sequence),
      size: Disk.status("\(home.objects)/\(object)").map { Int($0.st_size) } ?? 0, modified: 0,
      changed: 0)
    try Ledger.insert(
      FileRecord(
        source: source, name: name, identity: identity, sha256: sha256, object: object,
        state: state, role: role, isBackground: details["background"] == "true",
        rows: rows(details), findings: findings(details), drift: 0),
      at: time, in: database)
  }

  private func release(
    _ details: [String: String], _ sequence: Int64, at time: Double, in database: Database
  ) throws {
    let id = try Int64.fetchOne(
      database,
      sql: """
        SELECT id FROM files WHERE state = 'quarantined' AND source = ? AND name = ? AND sha256 = ?
        ORDER BY id DESC LIMIT 1
        """, arguments: [details["source"], details["name"], details["sha256"]])
    guard let id, let role = details["role"].flatMap(Examination.Role.init) else {
      return try add(details, .ingested, sequence, at: time, in: database)
    }
    _ = try Ledger.letIn(
      id,
      as: Examination(
        role: role, isBackground: details["background"] == "true", rows: rows(details),
        warnings: findings(details)), at: time, in: database)
  }

  /// Notes that retention has removed an object since.
  private func remove(
    _ details: [String: String], at time: Double, in database: Database
  ) throws {
    guard let path = details["path"], path.hasPrefix("objects/") else { return }
    let object = String(path.dropFirst("objects/".count))
    // Without an ending where a record did not say what it was stored as.
    let bare = object.prefix { $0 != "." }
    try database.execute(
      sql: "UPDATE files SET removed = ? WHERE object IN (?, ?) AND removed IS NULL",
      arguments: [time, object, String(bare)])
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

  private func rows(_ details: [String: String]) -> Int { details["rows"].flatMap { Int($0) } ?? 0 }

  private func findings(_ details: [String: String]) -> [Finding] {
    (details["findings"] ?? "").split(separator: ",").map {
      Finding(code: String($0), message: "noted before the ledger was restored")
    }
  }
}

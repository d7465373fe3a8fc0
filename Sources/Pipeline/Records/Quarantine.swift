// The files that were refused, for those who look at them, and the way back for one that is right
// after all: without it, a check would have to be loosened for all files.
internal import GRDB
internal import Glibc
internal import Storage

/// A refused file.
public struct QuarantinedFile: Encodable, Sendable, Equatable {
  /// The name under which it was dropped.
  public var name: String
  /// The folder in which it was found.
  public var source: String
  /// The SHA-256 of its content.
  public var sha256: String
  /// When it was refused, ISO 8601 in UTC.
  public var refused: String
  /// The number of rows; 0 where they could not be read.
  public var rows: Int
  /// Why it was refused.
  public var findings: [Finding]
  /// Its bytes, as long as they are kept; nil after that.
  public var path: String?
}

/// What became of a file that was let in.
public struct ReleasedFile: Encodable, Sendable, Equatable {
  /// The name under which it was dropped.
  public var name: String
  /// The SHA-256 of its content.
  public var sha256: String
  /// labelled or unlabelled.
  public var role: String
  /// The number of rows.
  public var rows: Int
  /// What is odd about it.
  public var findings: [Finding]
  /// Whether a newer file of its name is predicted in its place.
  public var isSuperseded: Bool

  enum CodingKeys: String, CodingKey {
    case name, sha256, role, rows, findings
    case isSuperseded = "superseded"
  }
}

extension HomeRecords {
  private struct Refused {
    var id: Int64
    var object: String
    var file: QuarantinedFile
  }

  /// The refused files, the newest first.
  public func quarantined() throws -> [QuarantinedFile] { try refused().map(\.file) }

  /// A refused file.
  ///
  /// - Parameter name: its name, that of its copy in the folder quarantine, or the beginning of the
  ///   SHA-256 of its content.
  /// - Throws: `PipelineError.noSuchFile`.
  public func quarantined(_ name: String) throws -> QuarantinedFile { try refused(name).file }

  /// Lets a refused file in, unless it cannot be used at all.
  ///
  /// It is examined again, and what is held against it only because it is unlike the files before is
  /// noted instead. A running loop goes on with it at once.
  ///
  /// - Throws: `PipelineError.noSuchFile`, `.notReleased`, `.lostObject`.
  public func release(_ name: String, steps: any PipelineSteps) throws -> ReleasedFile {
    let refused = try refused(name)
    let file = refused.file
    let key = try home.key(file: configuration.encryptionKeyFile)
    let steps = key.map { DecryptingSteps(steps, home: home, key: $0) } ?? steps
    let store = ObjectStore(folder: home.objects, key: key)
    try StoredFiles(store).check([(name: file.name, sha256: file.sha256, object: refused.object)])
    guard try ledger.ingestedRole(sha256: file.sha256) == nil else {
      throw PipelineError.notReleased(name: file.name, why: "its content was ingested since")
    }
    let champion = try registry.championFolder()
    let first = champion == nil ? try ledger.firstLabelledFile() : nil
    var question = StepFile(
      path: store.path(refused.object), name: file.name, sha256: file.sha256)
    question.isReleased = true
    let request = StepRequest.examine(
      files: [question], champion: champion,
      first: first.map { StepFile(path: store.path($0.object), name: $0.name, sha256: $0.sha256) })
    guard case .examined(let found) = try steps.answer(request, log: nil), let found = found.first
    else { throw PipelineError.stepEnded(step: request.name, how: "gave another answer") }
    guard found.role != .refused else {
      throw PipelineError.notReleased(
        name: file.name, why: found.problems.map(\.message).joined(separator: "; "))
    }
    let isSuperseded = try ledger.write { database in
      // A running loop may have taken the content in since, or another command.
      guard try Ledger.release(refused.id, as: found, at: Moment.now(), in: database) else {
        throw PipelineError.notReleased(name: file.name, why: "its content was ingested since")
      }
      return try found.role == .unlabelled
        && Bool.fetchOne(
          database,
          sql: """
            SELECT EXISTS (SELECT 1 FROM files WHERE name = ? AND source = ? AND id > ?
              AND role = 'unlabelled' AND state IN ('ingested', 'duplicate') AND sha256 <> ?)
            """, arguments: [file.name, file.source, refused.id, file.sha256]) ?? false
    }
    removeFromQuarantine(file.sha256)
    try flushAudit()
    return ReleasedFile(
      name: file.name, sha256: file.sha256, role: found.role.rawValue, rows: found.rows,
      findings: found.warnings, isSuperseded: isSuperseded)
  }

  private func refused() throws -> [Refused] {
    try ledger.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM files WHERE state = 'quarantined' ORDER BY id DESC"
      ).map { row in
        let name: String = row["name"]
        let sha256: String = row["sha256"]
        let path = home.quarantined(name, sha256: sha256, object: row["object"])
        return Refused(
          id: row["id"], object: row["object"],
          file: QuarantinedFile(
            name: name, source: row["source"], sha256: sha256, refused: Moment.text(row["at"]),
            rows: row["rows"], findings: Ledger.value([Finding].self, row["findings"]) ?? [],
            path: Disk.exists(path) ? path : nil))
      }
    }
  }

  private func refused(_ name: String) throws -> Refused {
    let all = try refused()
    let matches = all.filter { refused in
      let file = refused.file
      return file.name == name || Disk.name(of: file.name) == name
        || name.utf8.count >= 4 && file.sha256.hasPrefix(name)
        || Disk.name(of: home.quarantined(file.name, sha256: file.sha256)) == name
        || file.path.map { Disk.name(of: $0) == name } ?? false
    }
    guard let newest = matches.first, matches.allSatisfy({ $0.file.sha256 == newest.file.sha256 })
    else {
      let known = (matches.isEmpty ? all : matches).map {
        Disk.name(of: home.quarantined($0.file.name, sha256: $0.file.sha256))
      }
      throw PipelineError.noSuchFile(name: name, known: known, isAmbiguous: !matches.isEmpty)
    }
    return newest
  }

  /// Removes the copies of a content, by way of new names, which a running loop hears.
  private func removeFromQuarantine(_ sha256: String) {
    let names = (try? Disk.names(in: home.quarantine)) ?? []
    for name in names where name.hasPrefix("\(sha256.prefix(12))-") {
      let hidden = "\(home.quarantine)/.released-\(getpid())"
      rename("\(home.quarantine)/\(name)", hidden)
      unlink(hidden)
    }
  }
}

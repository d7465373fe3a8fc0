// The files that were refused, for those who look at them, and the way back for one that is right
// after all: without it, a check would have to be loosened for all files.
internal import Glibc
public import LoopContract
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
  private typealias Refused = (record: RefusedRecord, file: QuarantinedFile)

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
    try StoredFiles(store).check([refused.record])
    guard try ledger.ingestedRole(sha256: file.sha256) == nil else {
      throw PipelineError.notReleased(name: file.name, why: "its content was ingested since")
    }
    let champion = try registry.championFolder()
    let first = champion == nil ? try ledger.firstLabelledFile() : nil
    var question = store.stepFile(refused.record)
    question.isReleased = true
    let found = try steps.examine(
      [question], champion: champion, first: first.map { store.stepFile($0) })[0]
    guard found.role != .refused else {
      throw PipelineError.notReleased(
        name: file.name, why: found.problems.map(\.message).joined(separator: "; "))
    }
    // A running loop may have taken the content in since, or another command.
    let released = try ledger.transaction { try $0.release(refused.record, as: found) }
    guard let isSuperseded = released else {
      throw PipelineError.notReleased(name: file.name, why: "its content was ingested since")
    }
    removeFromQuarantine(file.sha256)
    try flushAudit()
    return ReleasedFile(
      name: file.name, sha256: file.sha256, role: found.role.rawValue, rows: found.rows,
      findings: found.warnings, isSuperseded: isSuperseded)
  }

  private func refused() throws -> [Refused] {
    try ledger.refused().map { record in
      let path = home.quarantined(record.name, sha256: record.sha256, object: record.object)
      return (
        record,
        QuarantinedFile(
          name: record.name, source: record.source, sha256: record.sha256,
          refused: Timestamp.text(record.at), rows: record.rows, findings: record.findings,
          path: Disk.exists(path) ? path : nil)
      )
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

// The audit log written anew from the ledger, after somebody has cut, changed or removed what was there.
// The log says so itself, and what was there before is kept beside it.
internal import GRDB
internal import Glibc
internal import Storage

/// What a repair did.
public struct AuditRepair: Encodable, Sendable, Equatable {
  /// What was wrong.
  public var problems: [AuditProblem]
  /// The records that were written again, as ranges.
  public var rebuilt: String
  /// The records that neither files nor ledger have any more, as ranges.
  public var lost: String
  /// The folder with the files that were there before; nil where nothing was wrong.
  public var kept: String?
}

extension AuditLog {
  /// Writes the log anew where it is not what it was.
  ///
  /// The caller holds the lock of the home.
  func repair() throws -> AuditRepair {
    let found = try walk()
    guard !found.report.problems.isEmpty else {
      return AuditRepair(problems: [], rebuilt: "", lost: "", kept: nil)
    }
    let chosen = try chosen(found.lines, ledger: found.ledger)
    let all = chosen.keys.max().map { Array(1...$0) } ?? []
    let lost = AuditWalk.ranges(all.filter { chosen[$0] == nil })
    let rebuilt = AuditWalk.ranges(
      all.filter { chosen[$0] != nil && found.lines[$0] != chosen[$0] })
    let folder = try keptFolder()
    let problems = found.report.problems.prefix(20).map(\.message).joined(separator: "; ")
    try ledger.transaction {
      try $0.record(
        "audit.repaired",
        [
          "problems": problems, "rebuilt": rebuilt, "lost": lost, "kept": Disk.name(of: folder),
        ])
    }
    let new = try ledger.auditLines(after: all.last ?? 0, limit: .max)
    let lines = all.compactMap { chosen[$0] } + new.map(\.line)
    try write(lines, keeping: folder)
    try ledger.noteAuditWritten(new.last?.sequence ?? all.last ?? 0)
    forgetEnd()
    return AuditRepair(
      problems: found.report.problems, rebuilt: rebuilt, lost: lost, kept: folder)
  }

  /// The line of each record: the ledger's, or that of the files if the record after it says so.
  private func chosen(_ lines: [Int64: String], ledger: [Int64: String]) throws -> [Int64: String] {
    var chosen: [Int64: String] = [:]
    var wanted: String?
    for seq in stride(from: max(ledger.keys.max() ?? 0, lines.keys.max() ?? 0), to: 0, by: -1) {
      guard let line = ledger[seq] ?? lines[seq], let record = AuditRecord(line: line),
        ledger[seq] != nil || wanted == nil || wanted == record.hash
      else {
        wanted = nil
        continue
      }
      chosen[seq] = line
      wanted = record.prev
    }
    return chosen
  }

  /// A new name beside the log.
  private func keptFolder() throws -> String {
    let names = try Set(Disk.names(in: home.audit))
    var number = 1
    while names.contains("\(Self.keptPrefix)\(number)") { number += 1 }
    return "\(home.audit)/\(Self.keptPrefix)\(number)"
  }

  /// Writes all files anew, and moves those that were there into a folder.
  private func write(_ lines: [String], keeping folder: String) throws {
    let work = "\(home.audit)/.repair"
    Disk.remove(work)
    try Disk.makeFolder(work)
    for part in Self.byFile(lines, after: "") {
      try Disk.replace("\(work)/\(part.name)", with: part.text)
    }
    try Disk.makeFolder(folder)
    for name in try Disk.names(in: home.audit) {
      if name.hasPrefix(".") || name.hasPrefix(Self.keptPrefix) { continue }
      try Disk.move("\(home.audit)/\(name)", to: "\(folder)/\(name)")
    }
    for name in try Disk.names(in: work) {
      try Disk.move("\(work)/\(name)", to: "\(home.audit)/\(name)")
    }
    Disk.remove(work)
  }
}

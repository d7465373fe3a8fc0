// The audit log written anew from the ledger, after somebody has cut, changed or removed what was there.
// The log says so itself, and what was there before is kept beside it.
internal import Glibc
public import PipelineSecurity
internal import Storage

/// What a repair did.
public struct AuditRepair: Encodable, Sendable, Equatable {
  /// What was wrong.
  public var problems: [AuditProblem]
  /// The records that were written again, as ranges.
  public var rebuilt: String
  /// The records that nobody has any more, as ranges.
  public var lost: String
  /// The folder with the files that were there before; nil where nothing was wrong.
  public var kept: String?
}

extension AuditLog {
  /// Writes the log anew where it is not what it was.
  ///
  /// The caller holds the lock of the home. What a repair that was killed had decided is done first:
  /// its record in the ledger says what, and a folder in the log how far it came.
  func repair() throws -> AuditRepair {
    if let pending = try PendingLog(in: home.audit) { return try finish(pending, problems: []) }
    let found = try walk()
    let pending = PendingLog(folder: home.audit, number: try freeNumber())
    let chosen = Self.chosen(found.lines, ledger: found.ledger)
    let written = try ledger.auditWritten()
    let isBegun = found.ledger.contains { sequence, line in
      sequence > written && found.lines[sequence] == nil
        && Self.details(line, keeping: pending.keptName) != nil
    }
    guard isBegun || !found.report.problems.isEmpty else {
      return AuditRepair(problems: [], rebuilt: "", lost: "", kept: nil)
    }
    if !isBegun {
      // Another command has added a record since the walk.
      guard try note(found, chosen, kept: pending.keptName) else { return try repair() }
    }
    let last = chosen.keys.max() ?? 0
    let lines = chosen.sorted { $0.key < $1.key }.map(\.value)
    let new = try ledger.auditLines(after: last, limit: .max).map(\.line)
    try pending.write(Self.byFile(lines + new, after: ""))
    return try finish(pending, problems: found.report.problems)
  }

  /// The line of each record.
  ///
  /// It is the one that the record after it names by its hash, and that follows the one before; of two
  /// such lines the ledger's. What only the files have after the ledger's last record was added to them.
  static func chosen(_ lines: [Int64: String], ledger: [Int64: String]) -> [Int64: String] {
    let end = ledger.keys.max() ?? 0
    var candidates: [Int64: [(line: String, record: AuditRecord)]] = [:]
    for (seq, line) in ledger.map({ ($0, $1) }) + lines.map({ ($0, $1) }) where seq <= end {
      guard let record = AuditRecord(line: line), record.seq == seq, record.isSound(in: line) else {
        continue
      }
      candidates[seq, default: []].append((line, record))
    }
    func followsTheOneBefore(_ record: AuditRecord) -> Bool {
      if record.seq == 1 { return record.prev == AuditRecord.chainStart }
      return candidates[record.seq - 1]?.contains { $0.record.hash == record.prev } ?? true
    }
    var chosen: [Int64: String] = [:]
    var next: AuditRecord?
    for seq in candidates.keys.sorted(by: >) {
      let wanted = next?.seq == seq + 1 ? next?.prev : nil
      let fitting = candidates[seq, default: []].filter {
        wanted == nil || wanted == $0.record.hash
      }
      let choice = fitting.first { followsTheOneBefore($0.record) } ?? fitting.first
      chosen[seq] = choice?.line
      next = choice?.record
    }
    return chosen
  }

  /// Makes the ledger say the same as the new log, and adds the record of the repair.
  ///
  /// - Returns: false if the ledger has got further records since the walk.
  private func note(
    _ found: (report: Report, lines: [Int64: String], ledger: [Int64: String]),
    _ chosen: [Int64: String], kept: String
  ) throws -> Bool {
    let numbers = chosen.keys.sorted()
    let end = max(found.ledger.keys.max() ?? 0, numbers.last ?? 0)
    let head = numbers.last.flatMap { chosen[$0] }.flatMap(AuditRecord.init(line:))?.hash
    return try ledger.correctAudit(
      found.ledger.keys.map { sequence in
        let line = chosen[sequence]
        return (sequence, line, line.flatMap(AuditRecord.init(line:))?.hash)
      }, expecting: found.ledger.keys.max(), after: (end, head ?? AuditRecord.chainStart),
      details: [
        "problems": found.report.problems.prefix(20).map(\.message).joined(separator: "; "),
        "rebuilt": AuditWalk.ranges(numbers.filter { found.lines[$0] != chosen[$0] }),
        "lost": AuditWalk.gaps(in: numbers, upTo: end), "kept": kept,
      ])
  }

  /// Puts a complete new log in the place of what is there.
  private func finish(_ pending: PendingLog, problems: [AuditProblem]) throws -> AuditRepair {
    try pending.putInPlace()
    try noteNewFiles()
    try pending.remove()
    let details = try ledger.auditLines(after: 0, limit: .max).reversed().lazy.compactMap {
      Self.details($0.line, keeping: pending.keptName)
    }.first
    return AuditRepair(
      problems: problems, rebuilt: details?["rebuilt"] ?? "", lost: details?["lost"] ?? "",
      kept: "\(home.audit)/\(pending.keptName)")
  }

  /// What the record of a repair says that keeps the old files under a name; nil for other records.
  private static func details(_ line: String, keeping name: String) -> [String: String]? {
    guard let record = AuditRecord(line: line), record.event == "audit.repaired",
      record.details["kept"] == name
    else { return nil }
    return record.details
  }

  /// The first number of which no folder with old files is there.
  private func freeNumber() throws -> Int {
    let names = try Set(Disk.names(in: home.audit))
    var number = 1
    while names.contains("\(Self.keptPrefix)\(number)") { number += 1 }
    return number
  }
}

// The audit log on the disk: the ledger's records as lines of files, one file per month, each record
// chained by its hash to the one before. Whoever changes a record has to change all that follow.
internal import Glibc
public import PipelineSecurity
internal import Storage
internal import Synchronization

/// Writes the audit log, and checks it.
public final class AuditLog: Sendable {
  let home: LoopDirectory
  let ledger: Ledger
  /// The last record and the newest file, once they are known.
  private let end = Mutex<(sequence: Int64, file: String)?>(nil)
  private let log: LoopLog?

  init(home: LoopDirectory, ledger: Ledger, log: LoopLog? = nil) {
    self.home = home
    self.ledger = ledger
    self.log = log
  }

  /// What a check found.
  public struct Report: Encodable, Sendable, Equatable {
    /// The number of sound records.
    public var records: Int
    /// The files, the oldest first.
    public var files: [String]
    /// The hash of the last record, to be kept in another place.
    public var head: String
    /// Records of the ledger that wait to be written: the next command or the loop does it.
    public var pending: Int64
    /// What is wrong; empty where all is as it was.
    public var problems: [AuditProblem]
  }

  private var names: [String] {
    get throws { try Disk.names(in: home.audit).filter { $0.hasSuffix(".jsonl") } }
  }

  /// The folders in which a repair keeps what was there before it.
  static let keptPrefix = "before-repair-"

  /// Appends the records of the ledger that no file has yet.
  ///
  /// A line that a killed process left half-written is cut off first. Where records are missing that
  /// were written before, nothing is: 'audit repair' writes them again, and says so.
  func flush() throws {
    try end.withLock { end in
      let known = try end ?? fileEnd()
      guard try known.sequence >= ledger.auditWritten() else {
        log?.problem(PipelineError.auditMissing(log: home.audit), about: "audit")
        return
      }
      if end == nil { try cutHalfLine() }
      // If it fails the files are looked at again.
      end = nil
      var last = known
      while true {
        let lines = try ledger.auditLines(after: last.sequence, limit: 1_000)
        guard let newest = lines.last else { break }
        for part in Self.byFile(lines.map(\.line), after: last.file) {
          try append(part.text, to: "\(home.audit)/\(part.name)")
          last.file = part.name
        }
        last.sequence = newest.sequence
        try ledger.noteAuditWritten(last.sequence)
      }
      end = last
    }
  }

  /// The lines as the texts of the files of their months.
  ///
  /// With a clock set back records stay in the newest file: in the order of their names the files hold
  /// the chain.
  static func byFile(_ lines: [String], after file: String) -> [(name: String, text: String)] {
    var parts: [(name: String, text: String)] = []
    var name = file
    for line in lines {
      name = max(name, AuditRecord.fileName(line))
      if parts.last?.name != name { parts.append((name, "")) }
      parts[parts.count - 1].text += line + "\n"
    }
    return parts
  }

  /// Makes an older copy of the ledger that was restored know the records since, and the files that
  /// they tell of: what was dropped into the inbox is in no other place.
  ///
  /// - Parameter stopsAtGap: takes the records up to the first that does not follow the one before,
  ///   instead of throwing.
  /// - Throws: `PipelineError.lostLedger` where it is empty, `.audit` where it is another one.
  func reconcile(stopsAtGap: Bool = false) throws {
    guard let end = try lastRecord() else { return }
    guard let head = try ledger.auditHead() else {
      throw PipelineError.lostLedger(path: home.ledger, log: home.audit, records: end.seq)
    }
    guard head.sequence < end.seq else { return }
    var newer: [(record: AuditRecord, line: String)] = []
    reading: for name in try names {
      let path = "\(home.audit)/\(name)"
      for (index, line) in try Self.lines(of: path).enumerated() {
        guard let record = AuditRecord(line: line) else { continue }
        if record.seq == head.sequence, record.hash != head.hash {
          if stopsAtGap { return }
          throw PipelineError.audit(
            file: path, record: index + 1, found: "the hash \(record.hash.prefix(12))",
            expected: "\(head.hash.prefix(12)) of the ledger")
        }
        guard record.seq > head.sequence else { continue }
        let last = newer.last?.record
        guard record.seq == (last?.seq ?? head.sequence) + 1,
          record.prev == last?.hash ?? head.hash, record.isSound(in: line)
        else {
          if stopsAtGap { break reading }
          throw PipelineError.audit(
            file: path, record: index + 1, found: "number \(record.seq)",
            expected: "number \((last?.seq ?? head.sequence) + 1), which follows the one before")
        }
        newer.append((record, line))
      }
    }
    guard let newest = newer.last?.record else { return }
    try ledger.restore(newer, of: home, known: head.sequence, written: newest.seq)
  }

  /// Does the same for a command, before it adds a record to a ledger that was restored.
  ///
  /// - Throws: as `reconcile`; `.locked` where a loop of before the ledger was restored is running.
  func reconcileBesideLoop() throws {
    guard try isOlder() else { return }
    do {
      try HomeLock.holding(home) { try reconcile() }
    } catch PipelineError.locked(let path) {
      // A loop that has just been started has done it meanwhile.
      if try isOlder() { throw PipelineError.locked(home: path) }
    }
  }

  /// Whether the files have records that the ledger has not.
  private func isOlder() throws -> Bool {
    // The files first: a running loop writes the ledger before them.
    guard let end = try lastRecord(), let head = try ledger.auditHead() else { return false }
    return head.sequence < end.seq
  }

  /// Makes sure that an empty ledger is a new one.
  ///
  /// - Throws: `PipelineError.lostLedger`.
  func checkThatLedgerIsThere() throws {
    // The files first: a running loop writes the ledger before them, and may be doing so just now.
    guard let end = try lastRecord(), try ledger.auditHead() == nil else { return }
    throw PipelineError.lostLedger(path: home.ledger, log: home.audit, records: end.seq)
  }

  /// Removes records from the ledger that the files have had for long.
  func forgetOld() throws {
    try ledger.forgetAudit(upTo: try end.withLock { try ($0 ?? fileEnd()).sequence } - 10_000)
  }

  /// The newest whole record of the files; nil where there is none.
  private func lastRecord() throws -> AuditRecord? {
    func last(_ lines: [String]) -> AuditRecord? {
      lines.reversed().lazy.compactMap(AuditRecord.init(line:)).first
    }
    for name in try names.reversed() {
      let path = "\(home.audit)/\(name)"
      // A month may be long, and nearly always the end of it will do.
      if let record = try last(Self.lastLines(of: path)) ?? last(Self.lines(of: path)) {
        return record
      }
    }
    return nil
  }

  /// Walks the chain through all files and compares it with the ledger; writes nothing.
  ///
  /// - Throws: `PipelineError` where files or the ledger cannot be read.
  public func verify() throws -> Report { try walk().report }

  /// What a walk through the files found, with the sound lines.
  func walk() throws -> (report: Report, lines: [Int64: String], ledger: [Int64: String]) {
    // In this order a loop that is writing meanwhile looks as one that has not begun to.
    let written = try ledger.auditWritten()
    let names = try names
    let files = try names.map { (name: $0, bytes: try Self.bytes(of: "\(home.audit)/\($0)")) }
    let known = Dictionary(
      uniqueKeysWithValues: try ledger.auditLines(after: 0, limit: .max).map {
        ($0.sequence, $0.line)
      })
    let head = try ledger.auditHead()?.sequence ?? 0
    var walk = AuditWalk(ledger: known, written: written, known: head)
    for file in files { walk.take(file.name, file.bytes, isNewest: file.name == names.last) }
    walk.finish()
    let others = try Disk.names(in: home.audit).filter {
      !$0.hasPrefix(".") && !$0.hasPrefix(Self.keptPrefix) && !names.contains($0)
    }
    let added = others.map {
      AuditProblem(kind: .added, file: $0, message: "this is no file of the log")
    }
    let report = Report(
      records: walk.lines.count, files: names, head: walk.head,
      pending: max(0, head - max(walk.end, written)), problems: walk.problems + added)
    return (report, walk.lines, known)
  }

  /// The number of the last record of the files, and the newest file.
  private func fileEnd() throws -> (sequence: Int64, file: String) {
    (try lastRecord()?.seq ?? 0, try names.last ?? "")
  }

  /// Forgets what is known of the files, which were written anew, and notes where they end.
  func noteNewFiles() throws {
    end.withLock { $0 = nil }
    try ledger.noteAuditWritten(try fileEnd().sequence)
  }

  /// Cuts off half a line at the end of the newest file.
  private func cutHalfLine() throws {
    guard let name = try names.last else { return }
    let path = "\(home.audit)/\(name)"
    let bytes = try Self.bytes(of: path)
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    if end < bytes.count {
      guard truncate(path, off_t(end)) == 0 else { throw Disk.failure(.write, path) }
    }
  }

  private func append(_ text: String, to path: String) throws {
    let isNew = !Disk.exists(path)
    let flags = O_WRONLY | O_CREAT | O_APPEND
    try Disk.withFile(path, flags: flags, mode: 0o600, operation: .open) { descriptor in
      try Array(text.utf8).withUnsafeBytes { try Disk.write($0, to: descriptor, path: path) }
      try Disk.flush(descriptor, path: path)
    }
    if isNew { try Disk.flush(home.audit) }
  }

  private static func lines(of path: String) throws -> [String] {
    try bytes(of: path).split(separator: UInt8(ascii: "\n")).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// The whole lines of the last 64 KiB.
  private static func lastLines(of path: String) throws -> [String] {
    try Disk.withFile(path, flags: reading, operation: .read) { descriptor in
      let size = 1 << 16
      let start = max(0, lseek(descriptor, 0, SEEK_END) - size)
      guard lseek(descriptor, off_t(start), SEEK_SET) >= 0 else { throw Disk.failure(.read, path) }
      let lines = try Disk.read(size, of: descriptor, path: path)
        .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      return lines.dropFirst(start > 0 ? 1 : 0).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    try Disk.withFile(path, flags: reading, operation: .read) { descriptor in
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw Disk.failure(.read, path) }
      guard Disk.isFile(status) else {
        throw PipelineError.damaged(path: path, found: Disk.kind(of: status))
      }
      return try Disk.read(Int(status.st_size), of: descriptor, path: path)
    }
  }

  private static let reading = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
}

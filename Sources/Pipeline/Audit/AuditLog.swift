// The audit log on the disk: the ledger's records as lines of files, one file per month, each record
// chained by its hash to the one before. Whoever changes a record has to change all that follow.
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// Writes the audit log, and checks it.
public final class AuditLog: Sendable {
  private let home: Home
  private let ledger: Ledger
  /// The last record and the newest file, once they are known.
  private let end = Mutex<(sequence: Int64, file: String)?>(nil)

  init(home: Home, ledger: Ledger) {
    self.home = home
    self.ledger = ledger
  }

  /// What a check found.
  public struct Report: Encodable, Sendable, Equatable {
    /// The number of records.
    public var records: Int
    /// The files, the oldest first.
    public var files: [String]
    /// The hash of the last record, to be kept in another place.
    public var head: String
  }

  /// A record as far as the chain goes.
  private struct Record: Decodable {
    var seq: Int64
    var time: String
    var prev: String
    var hash: String
    var event: String
    var details: [String: String]
  }

  private var names: [String] {
    get throws { try Disk.names(in: home.audit).filter { $0.hasSuffix(".jsonl") } }
  }

  /// Appends the records of the ledger that no file has yet.
  ///
  /// A line that a killed process left half-written is cut off first.
  func flush() throws {
    try end.withLock { end in
      var last = try end ?? repairedEnd()
      // If it fails the files are looked at again.
      end = nil
      while true {
        let lines = try ledger.auditLines(after: last.sequence, limit: 1_000)
        guard let newest = lines.last else { break }
        var byFile: [(name: String, text: String)] = []
        for line in lines {
          // With a clock set back records stay in the newest file: in the order of their names the
          // files hold the chain.
          last.file = max(last.file, Self.fileName(line.line))
          if byFile.last?.name != last.file { byFile.append((last.file, "")) }
          byFile[byFile.count - 1].text += line.line + "\n"
        }
        for part in byFile { try append(part.text, to: "\(home.audit)/\(part.name)") }
        last.sequence = newest.sequence
      }
      end = last
    }
  }

  /// Makes an older copy of the ledger that was restored know the records since, and the files that
  /// they tell of: what was dropped into the inbox is in no other place.
  ///
  /// - Throws: `PipelineError.lostLedger` where it is empty, `.audit` where it is another one.
  func reconcile() throws {
    guard let end = try lastRecord() else { return }
    guard let head = try ledger.auditHead() else {
      throw PipelineError.lostLedger(path: home.ledger, log: home.audit, records: end.seq)
    }
    guard head.sequence < end.seq else { return }
    var newer: [(record: Record, line: String)] = []
    for name in try names {
      let path = "\(home.audit)/\(name)"
      for (index, line) in try Self.lines(of: path).enumerated() {
        guard let record = try? JSONDecoder().decode(Record.self, from: Data(line.utf8)) else {
          continue
        }
        if record.seq == head.sequence, record.hash != head.hash {
          throw PipelineError.audit(
            file: path, record: index + 1, found: "the hash \(record.hash.prefix(12))",
            expected: "\(head.hash.prefix(12)) of the ledger")
        }
        guard record.seq > head.sequence else { continue }
        let last = newer.last?.record
        guard record.seq == (last?.seq ?? head.sequence) + 1,
          record.prev == last?.hash ?? head.hash
        else {
          throw PipelineError.audit(
            file: path, record: index + 1, found: "number \(record.seq)",
            expected: "number \((last?.seq ?? head.sequence) + 1), which follows the one before")
        }
        newer.append((record, line))
      }
    }
    let files = RestoredFiles(home: home)
    let time = Moment.now()
    try ledger.write { database in
      for (record, line) in newer {
        try Ledger.adopt(line, sequence: record.seq, hash: record.hash, in: database)
        try files.restore(
          record.event, record.details, sequence: record.seq,
          at: Moment.seconds(record.time) ?? time, in: database)
      }
      try Ledger.record(
        "ledger.restored", ["known": "\(head.sequence)", "written": "\(end.seq)"], at: time,
        in: database)
    }
  }

  /// Does the same for a command, before it adds a record to a ledger that was restored.
  ///
  /// - Throws: as `reconcile`; `.locked` where a loop of before the ledger was restored is running.
  func reconcileBesideLoop() throws {
    guard try isOlder() else { return }
    do {
      let lock = try HomeLock(home)
      try withExtendedLifetime(lock) { try reconcile() }
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
    guard try ledger.auditHead() == nil, let end = try lastRecord() else { return }
    throw PipelineError.lostLedger(path: home.ledger, log: home.audit, records: end.seq)
  }

  /// Removes records from the ledger that the files have had for long.
  func forgetOld() throws {
    try ledger.forgetAudit(upTo: try end.withLock { try ($0 ?? repairedEnd()).sequence } - 10_000)
  }

  /// The newest whole record of the files; nil where there is none.
  private func lastRecord() throws -> Record? {
    func last(_ lines: [String]) -> Record? {
      lines.reversed().lazy.compactMap {
        try? JSONDecoder().decode(Record.self, from: Data($0.utf8))
      }.first
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

  /// Walks the chain through all files and compares its end with the ledger.
  ///
  /// - Throws: `PipelineError.audit` for the first record that is not what it was.
  public func verify() throws -> Report {
    var previous = Ledger.chainStart
    var count = 0
    let names = try names
    for name in names {
      let path = "\(home.audit)/\(name)"
      for (index, line) in try Self.lines(of: path).enumerated() {
        func broken(_ found: String, _ expected: String) -> PipelineError {
          .audit(file: path, record: index + 1, found: found, expected: expected)
        }
        guard let record = try? JSONDecoder().decode(Record.self, from: Data(line.utf8)) else {
          throw broken("text that is no record", "a record of the log")
        }
        guard record.seq == Int64(count + 1) else {
          throw broken("number \(record.seq)", "number \(count + 1)")
        }
        guard record.prev == previous else {
          throw broken("a link to \(record.prev.prefix(12))", "one to \(previous.prefix(12))")
        }
        let ending = ",\"hash\":\"\(record.hash)\"}"
        let hash = Ledger.chainHash(String(line.dropLast(ending.count)))
        guard record.hash == hash, line.hasSuffix(ending) else {
          throw broken("the hash \(hash.prefix(12))", "\(record.hash.prefix(12))")
        }
        previous = hash
        count += 1
      }
    }
    if let head = try ledger.auditHead() {
      guard head.sequence <= Int64(count) || head.hash == previous else {
        throw PipelineError.audit(
          file: "\(home.audit)/\(names.last ?? "")", record: count + 1, found: "the end",
          expected: "record \(head.sequence) of the ledger")
      }
      guard head.sequence != Int64(count) || head.hash == previous else {
        throw PipelineError.audit(
          file: "\(home.audit)/\(names.last ?? "")", record: count,
          found: "the hash \(previous.prefix(12))",
          expected: "\(head.hash.prefix(12)) of the ledger")
      }
    }
    return Report(records: count, files: names, head: previous)
  }

  /// Cuts off half a line at the end of the newest file, and returns the last record's number.
  private func repairedEnd() throws -> (sequence: Int64, file: String) {
    let names = try names
    for name in names.reversed() {
      let path = "\(home.audit)/\(name)"
      let bytes = try Self.bytes(of: path)
      let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      if end < bytes.count {
        guard truncate(path, off_t(end)) == 0 else { throw Disk.failure(.write, path) }
      }
      let last = bytes[..<end].split(separator: UInt8(ascii: "\n")).last
      if let last, let record = try? JSONDecoder().decode(Record.self, from: Data(last)) {
        return (record.seq, names.last ?? name)
      }
    }
    return (0, "")
  }

  private func append(_ text: String, to path: String) throws {
    let isNew = !Disk.exists(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Disk.failure(.open, path) }
    defer { close(descriptor) }
    try Array(text.utf8).withUnsafeBytes { try Disk.write($0, to: descriptor, path: path) }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw Disk.failure(.flush, path) }
    if isNew { try Disk.flush(home.audit) }
  }

  /// The file of a record's month.
  private static func fileName(_ line: String) -> String {
    let time =
      line.firstRange(of: "\"time\":\"").map { line[$0.upperBound...].prefix(7) } ?? "0000-00"
    return "audit-\(time).jsonl"
  }

  private static func lines(of path: String) throws -> [String] {
    try bytes(of: path).split(separator: UInt8(ascii: "\n")).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// The whole lines of the last 64 KiB.
  private static func lastLines(of path: String) throws -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Disk.failure(.read, path) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let start = max(0, lseek(descriptor, 0, SEEK_END) - bytes.count)
    guard lseek(descriptor, off_t(start), SEEK_SET) >= 0 else { throw Disk.failure(.read, path) }
    let count = try bytes.withUnsafeMutableBytes { try Disk.read(descriptor, into: $0, path: path) }
    let lines = bytes[..<count].split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.dropFirst(start > 0 ? 1 : 0).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Disk.failure(.read, path)
    }
    return [UInt8](data)
  }
}

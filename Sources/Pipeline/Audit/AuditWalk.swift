// A walk through the files of the audit log: whether the chain holds, and what is missing, changed or
// added where it does not. Bytes in, findings out; nothing is read or written here.
internal import FoundationEssentials

/// A record as far as the chain goes.
struct AuditRecord: Decodable {
  var seq: Int64
  var time: String
  var prev: String
  var hash: String
  var event: String
  var details: [String: String]

  /// Reads a line of the log; nil for one that is no record.
  init?(line: String) {
    guard let record = try? JSONDecoder().decode(Self.self, from: Data(line.utf8)), record.seq > 0
    else { return nil }
    self = record
  }

  /// Whether the hash is that of the line.
  func isSound(in line: String) -> Bool {
    let ending = ",\"hash\":\"\(hash)\"}"
    return line.hasSuffix(ending) && Ledger.chainHash(String(line.dropLast(ending.count))) == hash
  }

  /// The file of a record's month.
  static func fileName(_ line: String) -> String {
    let time =
      line.firstRange(of: "\"time\":\"").map { line[$0.upperBound...].prefix(7) } ?? "0000-00"
    return "audit-\(time).jsonl"
  }
}

/// Something that is wrong with the audit log.
public struct AuditProblem: Encodable, Sendable, Equatable {
  /// The kinds of problems.
  public enum Kind: String, Encodable, Sendable {
    /// A line is not what was written.
    case edited
    /// Records are not there.
    case missing
    /// A whole file is not there.
    case fileMissing = "file_missing"
    /// No file is there.
    case logMissing = "log_missing"
    /// A line or a file is there that the loop did not write.
    case added
    /// The ledger does not know the newest records: it is an older copy, or they were added.
    case ledgerBehind = "ledger_behind"
  }

  /// What kind of problem it is.
  public var kind: Kind
  /// The file; nil where it is about more than one.
  public var file: String?
  /// The first and the last record, where it is about records.
  public var first, last: Int64?
  /// What was found, in words.
  public var message: String
}

/// Walks through the files of the log, the oldest first.
struct AuditWalk {
  /// The lines that the ledger has, by their number.
  let ledger: [Int64: String]
  /// The last record that was written to the files, as far as the ledger knows.
  let written: Int64

  private(set) var problems: [AuditProblem] = []
  /// The sound lines, by their number.
  private(set) var lines: [Int64: String] = [:]
  /// The hash of the last record.
  private(set) var head = Ledger.chainStart
  private var expected: Int64 = 1
  /// The hash of the record before; nil where that is not known.
  private var previous: String? = Ledger.chainStart
  private var unreadable: Int64 = 0
  private var names: [String] = []
  /// Records that a repair has said to be lost.
  private var lost: [ClosedRange<Int64>] = []

  init(ledger: [Int64: String], written: Int64) {
    self.ledger = ledger
    self.written = written
  }

  /// The number of the last record.
  var end: Int64 { expected - 1 }

  /// Walks through a file.
  mutating func take(_ name: String, _ bytes: [UInt8], isNewest: Bool) {
    names.append(name)
    let pieces = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, piece) in pieces.dropLast().enumerated() {
      let line = String(decoding: piece, as: UTF8.self)
      guard take(line, name, index + 1) else { return }
    }
    // The half line of a process that was killed is cut off by the next one; where it was whole once,
    // its record is missing.
    if pieces.last?.isEmpty == false, !isNewest {
      add(.edited, name, "the last line has no end")
    }
  }

  /// - Returns: false where all that follows in the file is not worth a word.
  private mutating func take(_ line: String, _ name: String, _ number: Int) -> Bool {
    guard let record = AuditRecord(line: line) else {
      add(.edited, name, "line \(number) is no record")
      unreadable += 1
      return true
    }
    let seq = record.seq
    guard record.isSound(in: line) else {
      add(.edited, name, "record \(seq) (line \(number)) is not what its hash says", seq, seq)
      unreadable += 1
      return true
    }
    guard seq >= expected else {
      if number == 1 {
        add(.added, name, "the file begins with record \(seq), which another file has", seq, seq)
        return false
      }
      add(.added, name, "line \(number) is record \(seq) again", seq, seq)
      return true
    }
    if seq > expected {
      if seq - expected > unreadable { miss(expected...(seq - 1)) }
    } else if let previous, previous != record.prev {
      add(.edited, name, "record \(seq) does not follow the one before it", seq, seq)
    }
    if let known = ledger[seq], known != line {
      add(.edited, name, "record \(seq) (line \(number)) is not what the ledger has", seq, seq)
    }
    if record.event == "audit.repaired" {
      lost += (record.details["lost"] ?? "").split(separator: ",").compactMap(Self.range)
    }
    lines[seq] = line
    expected = seq + 1
    (previous, head, unreadable) = (record.hash, record.hash, 0)
    return true
  }

  /// Says what is missing at the end, and what the ledger does not know.
  ///
  /// - Parameter known: the number of the ledger's last record.
  mutating func finish(known: Int64) {
    if written - end > unreadable {
      if names.isEmpty {
        add(.logMissing, nil, "no file of the log is there", 1, written)
      } else {
        miss(expected...written)
      }
    }
    if known < end {
      add(
        .ledgerBehind, nil, "the ledger does not know \(Self.text(known + 1, end))", known + 1, end)
    }
    problems.removeAll { problem in
      guard problem.kind == .missing || problem.kind == .fileMissing, let first = problem.first,
        let last = problem.last
      else { return false }
      return lost.contains { $0.lowerBound <= first && last <= $0.upperBound }
    }
  }

  private mutating func miss(_ range: ClosedRange<Int64>) {
    let text = Self.text(range.lowerBound, range.upperBound)
    let files = Set(range.prefix(100_000).compactMap { ledger[$0].map(AuditRecord.fileName) })
    let gone = files.subtracting(names).sorted()
    guard let first = gone.first, files.count == gone.count else {
      return add(.missing, nil, "missing: \(text)", range.lowerBound, range.upperBound)
    }
    add(
      .fileMissing, first, "the file is gone, with \(text)", range.lowerBound, range.upperBound)
  }

  private mutating func add(
    _ kind: AuditProblem.Kind, _ file: String?, _ message: String, _ first: Int64? = nil,
    _ last: Int64? = nil
  ) {
    problems.append(
      AuditProblem(kind: kind, file: file, first: first, last: last, message: message))
  }

  /// Records in words.
  static func text(_ first: Int64, _ last: Int64) -> String {
    first == last ? "record \(first)" : "records \(first) to \(last)"
  }

  private static func range(_ text: Substring) -> ClosedRange<Int64>? {
    let ends = text.split(separator: "-").map { Int64($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
      return nil
    }
    return first...last
  }

  /// Numbers in ascending order as ranges: `1-4,9`.
  static func ranges(_ numbers: [Int64]) -> String {
    var ranges: [(first: Int64, last: Int64)] = []
    for number in numbers {
      if let last = ranges.last, last.last + 1 == number {
        ranges[ranges.count - 1].last = number
      } else {
        ranges.append((number, number))
      }
    }
    return ranges.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)" }
      .joined(separator: ",")
  }
}

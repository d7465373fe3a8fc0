// A walk through the files of the audit log: whether the chain holds, and what is missing, changed or
// added where it does not. Bytes in, findings out; nothing is read or written here.

/// Walks through the files of the log, the oldest first.
package struct AuditWalk {
  /// The lines that the ledger has, by their number.
  let ledger: [Int64: String]
  /// The last record that was written to the files, as far as the ledger knows.
  let written: Int64
  /// The number of the ledger's last record.
  let known: Int64

  package private(set) var problems: [AuditProblem] = []
  /// The sound lines, by their number.
  package private(set) var lines: [Int64: String] = [:]
  /// The hash of the last record.
  package private(set) var head = AuditRecord.chainStart
  private var expected: Int64 = 1
  /// The hash of the record before; nil where that is not known.
  private var previous: String? = AuditRecord.chainStart
  private var unreadable: Int64 = 0
  private var names: [String] = []
  /// Records that a repair has said to be lost.
  private var lost: [ClosedRange<Int64>] = []

  package init(ledger: [Int64: String], written: Int64, known: Int64) {
    self.ledger = ledger
    self.written = written
    self.known = known
  }

  /// The number of the last record.
  package var end: Int64 { expected - 1 }

  /// Walks through a file.
  package mutating func take(_ name: String, _ bytes: [UInt8], isNewest: Bool) {
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
      if seq - expected > unreadable {
        guard seq <= max(written, known) else {
          let text = "line \(number) is record \(seq), which does not follow record \(expected - 1)"
          add(.added, name, text, seq, seq)
          return true
        }
        miss(expected...(seq - 1))
      }
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
  package mutating func finish() {
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

  /// Numbers as ranges: `1-4,9`.
  package static func ranges(_ numbers: [Int64]) -> String { text(set(numbers)) }

  /// The numbers up to one that are not among some, as ranges.
  package static func gaps(in numbers: [Int64], upTo end: Int64) -> String {
    text(RangeSet(1..<end + 1).subtracting(set(numbers)))
  }

  private static func set(_ numbers: [Int64]) -> RangeSet<Int64> {
    RangeSet(numbers.lazy.map { $0..<$0 + 1 })
  }

  private static func text(_ set: RangeSet<Int64>) -> String {
    set.ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound - 1)" }
      .joined(separator: ",")
  }
}

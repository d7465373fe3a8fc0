// The audit log: what is cut, changed, removed or added is told apart, and repaired only when asked.
import Foundation
import GRDB
import PipelineSecurity
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct AuditTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  /// A home in which something has happened, and the file of its log.
  private func live() throws -> String {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    try test.run(steps)
    try test.drop("b.csv", "labelled\n2\n")
    try test.drop("bad.csv", "refused\n")
    try test.run(steps)
    return "\(test.home.audit)/\(try #require(test.files(test.home.audit).first))"
  }

  private func problems() throws -> [AuditProblem] {
    try HomeRecords.verifyAudit(of: test.home).problems
  }

  private func write(_ text: String, _ file: String) throws {
    try text.write(toFile: file, atomically: false, encoding: .utf8)
  }

  /// Everything in the home with its bytes.
  private func contents() throws -> [String: Data] {
    Dictionary(
      uniqueKeysWithValues: try test.files(test.home.path).map {
        ($0, try Data(contentsOf: URL(filePath: "\(test.home.path)/\($0)")))
      })
  }

  @Test func `an audit log that nobody touched is whole`() throws {
    let file = try live()
    let report = try HomeRecords.verifyAudit(of: test.home)
    let lines = try test.text(file).split(separator: "\n")
    #expect(report.problems.isEmpty && report.pending == 0)
    #expect(report.records == lines.count && report.records > 8)
    #expect(lines.contains { $0.contains("\"event\":\"model.promoted\"") })
  }

  @Test
  func `a changed, removed, repeated or swapped record is told apart, and nothing is written`()
    throws
  {
    let file = try live()
    let whole = try test.text(file)
    let lines = whole.split(separator: "\n").map(String.init)
    for index in lines.indices {
      let number = Int64(index + 1)
      var changed = lines
      changed[index] = lines[index].replacingOccurrences(of: "\"uid\":", with: "\"uid\":1")
      var removed = lines
      removed.remove(at: index)
      var repeated = lines
      repeated.insert(lines[index], at: index)
      var swapped = lines
      swapped.swapAt(index, (index + 1) % lines.count)
      for (kind, list) in [
        (AuditProblem.Kind.edited, changed), (.missing, removed), (.added, repeated),
        (.missing, swapped),
      ] {
        try write(list.joined(separator: "\n") + "\n", file)
        let before = try contents()
        let found = try problems()
        #expect(found.contains { $0.kind == kind }, "record \(number): \(found)")
        if kind == .edited { #expect(found.count == 1 && found[0].first == number, "\(found)") }
        if kind == .missing, list.count < lines.count {
          #expect(found.count == 1 && found[0].first == number && found[0].last == number)
        }
        #expect(try contents() == before)
      }
    }
    try write(whole, file)
    #expect(try problems().isEmpty)
  }

  @Test func `a record that was changed with all that follow is not what the ledger has`() throws {
    let file = try live()
    var previous = AuditRecord.chainStart
    var forged = ""
    for line in try test.text(file).split(separator: "\n").map(String.init) {
      let record = try #require(AuditRecord(line: line))
      let start = line.replacing("bad.csv", with: "odd.csv")
        .replacing("\"prev\":\"\(record.prev)\"", with: "\"prev\":\"\(previous)\"")
        .replacing(",\"hash\":\"\(record.hash)\"}", with: "")
      previous = AuditRecord.chainHash(start)
      forged += start + ",\"hash\":\"\(previous)\"}\n"
    }
    try write(forged, file)
    let found = try problems()
    #expect(found.first?.kind == .edited)
    #expect(found.first?.message.contains("is not what the ledger has") == true, "\(found)")
  }

  @Test func `a cut tail is named, stays as it is, and a repair says what it did`() throws {
    let file = try live()
    let whole = try test.text(file)
    let lines = whole.split(separator: "\n")
    try write(lines.dropLast(3).joined(separator: "\n") + "\n", file)
    let count = Int64(lines.count)
    let cut = AuditProblem(
      kind: .missing, file: nil, first: count - 2, last: count,
      message: "missing: records \(count - 2) to \(count)")
    #expect(try problems() == [cut])
    // A loop goes on with its work, and does not write over what happened.
    try test.drop("c.csv", "labelled\n3\n")
    let said = try test.run(FakeSteps())
    #expect(said.contains { $0.contains("records that were written are not there any more") })
    #expect(try problems() == [cut])
    let done = try HomeRecords.repairAudit(of: test.home)
    #expect(done.rebuilt.hasPrefix("\(count - 2)-") && done.lost.isEmpty, "\(done)")
    #expect(try problems().isEmpty)
    let repaired = try test.text(file)
    #expect(repaired.hasPrefix(whole) && repaired.contains("\"event\":\"audit.repaired\""))
    #expect(
      try test.text("\(try #require(done.kept))/\((file as NSString).lastPathComponent)")
        == lines.dropLast(3).joined(separator: "\n") + "\n")
    #expect(try HomeRecords.repairAudit(of: test.home).kept == nil)
  }

  @Test func `a log, a file or a half line that is gone, and one too many, are told apart`() throws
  {
    let file = try live()
    let name = (file as NSString).lastPathComponent
    let whole = try test.text(file)
    try write(String(whole.dropLast(7)), file)
    #expect(try problems().map(\.kind) == [.missing])
    try write(whole, file)
    let copy = "\(test.home.audit)/audit-9999-01.jsonl"
    try write(whole, copy)
    #expect(try problems().map(\.kind) == [.added])
    unlink(copy)
    try write("", "\(test.home.audit)/notes.txt")
    #expect(try problems().map(\.file) == ["notes.txt"])
    unlink("\(test.home.audit)/notes.txt")
    // The older of two files.
    let lines = whole.split(separator: "\n").map(String.init)
    try write(lines[2...].joined(separator: "\n") + "\n", copy)
    unlink(file)
    let found = try problems()
    #expect(found.map(\.kind) == [.fileMissing] && found[0].file == name, "\(found)")
    unlink(copy)
    #expect(try problems().map(\.kind) == [.logMissing])
    _ = try HomeRecords.repairAudit(of: test.home)
    #expect(try problems().isEmpty)
    #expect(try test.text(file).hasPrefix(whole))
  }

  @Test func `half a line of a killed process is no damage, and goes with the next record`() throws
  {
    let file = try live()
    let whole = try test.text(file)
    try write(whole + "{\"seq\":", file)
    #expect(try problems().isEmpty)
    try test.drop("c.csv", "labelled\n3\n")
    try test.run(FakeSteps())
    #expect(try problems().isEmpty)
    #expect(try test.text(file).hasPrefix(whole))
  }

  @Test func `records that nobody has any more are lost, which the log says once`() throws {
    let file = try live()
    let lines = try test.text(file).split(separator: "\n").map(String.init)
    try write(([lines[0]] + lines[3...]).joined(separator: "\n") + "\n", file)
    let records = try test.records()
    try records.ledger.forgetAudit(upTo: 5)
    #expect(try problems().map(\.kind) == [.missing])
    let done = try HomeRecords.repairAudit(of: test.home)
    #expect(done.lost == "2-3" && done.rebuilt.isEmpty, "\(done)")
    #expect(try problems().isEmpty)
  }

  private func damage(_ sql: String) throws {
    try DatabaseQueue(path: test.home.ledger).writeWithoutTransaction {
      try $0.execute(sql: sql)
    }
  }

  /// A line with a right hash that nobody wrote.
  private func forged(_ number: Int64, after previous: String) -> String {
    let start =
      "{\"seq\":\(number),\"time\":\"2026-01-01T00:00:00Z\",\"event\":\"x\",\"uid\":0,\"pid\":1,"
      + "\"details\":{},\"prev\":\"\(previous)\""
    return "\(start),\"hash\":\"\(AuditRecord.chainHash(start))\"}"
  }

  @Test(arguments: ["replace(line, 'event', 'by hand')", "'x'", "forged"])
  func `a record that was changed in the ledger is mended from the sound file`(
    _ change: String
  ) throws {
    let file = try live()
    let whole = try test.text(file)
    let lines = whole.split(separator: "\n").map(String.init)
    // A forged line with a right hash is told by the record that follows, and the last has none.
    let numbers = change == "forged" ? [3, 1] : [lines.count, 3, 1]
    for number in numbers {
      let record = try #require(AuditRecord(line: lines[number - 1]))
      let line = forged(record.seq, after: record.prev)
      let hash = try #require(AuditRecord(line: line)).hash
      let value = change == "forged" ? "'\(line)', hash = '\(hash)'" : change
      try damage("UPDATE audit SET line = \(value) WHERE sequence = \(number)")
      let found = try problems()
      #expect(found.count == 1 && found[0].first == Int64(number), "\(found)")
      let done = try HomeRecords.repairAudit(of: test.home)
      #expect(done.kept != nil && done.lost.isEmpty && done.rebuilt.isEmpty, "\(done)")
      #expect(try problems().isEmpty)
      #expect(try test.text(file).hasPrefix(whole))
      #expect(try HomeRecords.repairAudit(of: test.home).kept == nil)
    }
    try test.drop("c.csv", "labelled\n3\n")
    try test.run(FakeSteps())
    #expect(try problems().isEmpty)
  }

  @Test func `a record whose line nobody has any more is lost, also if it was the last`() throws {
    let file = try live()
    let lines = try test.text(file).split(separator: "\n").map(String.init)
    try write(lines.dropLast().joined(separator: "\n") + "\n", file)
    try damage("UPDATE audit SET line = 'x' WHERE sequence = \(lines.count)")
    let done = try HomeRecords.repairAudit(of: test.home)
    #expect(done.lost == "\(lines.count)" && done.rebuilt.isEmpty, "\(done)")
    #expect(try problems().isEmpty)
  }

  @Test func `a line with a number beyond all records is told, and goes with a repair`() throws {
    let file = try live()
    let whole = try test.text(file)
    let last = try #require(whole.split(separator: "\n").last.map(String.init))
    let head = try #require(AuditRecord(line: last)).hash
    for (number, kind) in [
      (Int64.max, AuditProblem.Kind.edited), (900_000_000_000, .added),
      (AuditRecord.numbers.upperBound, .added),
    ] {
      let before = try test.text(file)
      try write(before + forged(number, after: head) + "\n", file)
      #expect(try problems().map(\.kind).first == kind)
      if kind == .added {
        #expect {
          try test.run(FakeSteps())
        } throws: { error in
          if case PipelineError.audit = error { true } else { false }
        }
      }
      let done = try HomeRecords.repairAudit(of: test.home)
      #expect(done.lost.isEmpty && done.rebuilt.isEmpty && done.kept != nil, "\(done)")
      #expect(try problems().isEmpty)
      #expect(try test.text(file).hasPrefix(before))
      #expect(try !test.text(file).contains("\"seq\":\(number)"))
      try test.run(FakeSteps())
    }
    #expect(try test.text(file).hasPrefix(whole))
  }

  @Test func `a number beyond all records is damage of the ledger`() throws {
    _ = try live()
    try damage("UPDATE audit SET sequence = 9223372036854775807 WHERE sequence = 4")
    #expect {
      try test.run(FakeSteps())
    } throws: { error in
      if case PipelineError.ledger(_, _, .corrupt) = error { true } else { false }
    }
  }
}

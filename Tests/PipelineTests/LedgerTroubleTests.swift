// Ledgers that are lost, damaged, or restored from an older copy.
import Foundation
import GRDB
import Glibc
import Storage
import Synchronization
import TestSupport
import Testing
@testable import Pipeline

@Suite(.onOwnThread) struct LedgerTroubleTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  @Test func `an empty ledger beside an audit log is no new beginning`() throws {
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(FakeSteps())
    for name in try test.files("\(test.home.path)/state") where name.hasPrefix("ledger") {
      unlink("\(test.home.path)/state/\(name)")
    }
    #expect(throws: PipelineError.self) { try test.run(FakeSteps()) }
    #expect { try test.records() } throws: { error in
      if case PipelineError.lostLedger = error { true } else { false }
    }
    #expect(Disk.status("\(test.home.models)/churn/champion") != nil)
  }

  @Test func `an older copy of the ledger learns what the audit log knows, and the chain holds`()
    throws
  {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps)
    let copy = "\(test.folder)/copy.sqlite"
    try DatabaseQueue(path: test.home.ledger).backup(to: try DatabaseQueue(path: copy))
    try test.drop("b.csv", "labelled\n2\n")
    try test.drop("bad.csv", "nothing\n1\n")
    try test.drop("odd.csv", "odd labelled\n4\n")
    try test.drop("same.csv", "labelled\n2\n")
    try test.run(steps)
    _ = try test.records().release("odd.csv", steps: steps)
    try test.run(steps)
    let before = try contents()
    for name in try test.files("\(test.home.path)/state") where name.hasPrefix("ledger") {
      unlink("\(test.home.path)/state/\(name)")
    }
    #expect(rename(copy, test.home.ledger) == 0)
    // What nobody knows would be removed by now; and this command is the first one after.
    let objects = try test.files(test.home.objects)
    for object in objects {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -200_000)],
        ofItemAtPath: "\(test.home.objects)/\(object)")
    }
    #expect(try test.records().collectGarbage(isDryRun: false).allSatisfy { $0.kind != "object" })
    #expect(try test.files(test.home.objects) == objects)
    #expect(try contents() == before)
    try test.drop("c.csv", "labelled\n3\n")
    try test.run(steps)
    #expect(
      steps.calls.withLock { $0.trainings.last } == ["a.csv", "b.csv", "odd.csv", "c.csv"])
    #expect(try HomeRecords.verifyAudit(of: test.home).problems.isEmpty)
    let log = try test.text(
      "\(test.home.audit)/" + (try #require(test.files(test.home.audit).first)))
    #expect(log.contains("ledger.restored") && log.contains("c.csv"))
  }

  /// What the ledger has of files, but for what they were found as.
  private func contents() throws -> [String] {
    try test.records().ledger.read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT name || ' ' || source || ' ' || sha256 || ' ' || object || ' ' || state || ' '
            || role || ' ' || rows || ' ' || background
          FROM files ORDER BY id
          """)
    }
  }

  @Test func `records without the place of an object find it, and what retention removed is gone`()
    throws
  {
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("b.csv", "labelled\n2\n")
    try test.run(FakeSteps())
    let ledger = try test.records().ledger
    let files = try ledger.labelledFiles()
    let gone = try #require(files.last)
    unlink("\(test.home.objects)/\(gone.object)")
    try ledger.write { try $0.execute(sql: "DELETE FROM files") }
    for (index, file) in files.enumerated() {
      try ledger.transaction(at: 1) {
        try RestoredFiles(home: test.home, transaction: $0).restore(
          "file.ingested",
          [
            "name": file.name, "source": test.home.inbox, "sha256": file.sha256,
            "role": "labelled", "rows": "1", "findings": "odd",
          ], sequence: Int64(index))
      }
    }
    try ledger.transaction(at: 2) {
      try RestoredFiles(home: test.home, transaction: $0).restore(
        "object.removed", ["path": "objects/\(gone.object)"], sequence: 9)
    }
    #expect(try ledger.labelledFiles().map(\.object) == [files[0].object])
    #expect(try test.records().status().files["ingested"] == 2)
  }

  @Test func `a ledger that is damaged is said to be`() throws {
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(FakeSteps())
    try DatabaseQueue(path: test.home.ledger).inDatabase {
      _ = try $0.checkpoint(.truncate)
    }
    let file = try FileHandle(forUpdating: URL(filePath: test.home.ledger))
    let size = try file.seekToEnd()
    for place in stride(from: UInt64(4_096 + 8), to: size, by: 512) {
      try file.seek(toOffset: place)
      try file.write(contentsOf: Data(repeating: 0xa5, count: 64))
    }
    try file.close()
    #expect { try test.run(FakeSteps()) } throws: { error in
      if case PipelineError.ledger(_, _, .corrupt) = error { true } else { false }
    }
  }
}

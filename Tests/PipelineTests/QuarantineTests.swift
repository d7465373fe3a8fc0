// The way in for a refused file that is right after all, and what retention keeps.
import Foundation
import Glibc
import LoopContract
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct QuarantineTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  @Test func `a released file is learnt from, though newer files were before it`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("odd.csv", "odd labelled\n2\n")
    try test.drop("same.csv", "odd labelled\n2\n")
    try test.run(steps)
    #expect(try test.records().quarantined().map(\.name).sorted() == ["odd.csv", "same.csv"])
    try test.drop("b.csv", "labelled\n3\n")
    try test.run(steps)
    let released = try test.records().release("odd.csv", steps: steps)
    #expect(released.role == "labelled" && released.rows == 1)
    #expect(try test.files(test.home.quarantine) == [])
    try test.run(steps)
    #expect(steps.calls.withLock { $0.trainings.last } == ["a.csv", "b.csv", "odd.csv"])
    #expect(
      try test.records().status().files == ["ingested": 3, "duplicate": 1, "quarantined": 0])
    // The numbers of inputs go on behind it.
    try test.drop("c.csv", "labelled\n4\n")
    try test.run(steps)
    #expect(steps.calls.withLock { $0.trainings.last?.last } == "c.csv")
    _ = try HomeRecords.verifyAudit(of: test.home)
    let log = try test.text(
      "\(test.home.audit)/" + (try #require(test.files(test.home.audit).first)))
    #expect(log.contains("file.released"))
  }

  @Test func `a content is let in once, whoever does it first`() throws {
    try test.drop("odd.csv", "odd labelled\n2\n")
    try test.drop("same.csv", "odd labelled\n2\n")
    try test.run(FakeSteps())
    let ledger = try test.records().ledger
    let found = Examination(role: .labelled, rows: 1)
    // The newest first.
    let refused = try ledger.refused()
    let released = try ledger.transaction(at: 1) { transaction in
      try [0, 1, 0, 1].map { try transaction.release(refused[$0], as: found) != nil }
    }
    #expect(released == [true, false, false, false])
    // What an ingestor that had begun before finds out then.
    var record = FileRecord(
      source: "/x", name: "late.csv", identity: try Disk.Identity(#require(Disk.status("/"))),
      sha256: try #require(ledger.labelledFiles().first).sha256, object: "x", state: .ingested,
      role: .labelled, isBackground: true, rows: 1, findings: [], drift: 1)
    try ledger.transaction(at: 2) { try $0.add(record) }
    #expect(
      try test.records().status().files == ["ingested": 1, "duplicate": 2, "quarantined": 0])
    record.name = "other.csv"
    record.sha256 = String(repeating: "0", count: 64)
    try ledger.transaction(at: 2) { try $0.add(record) }
    #expect(try test.records().status().files["ingested"] == 2)
  }

  @Test func `a released file is predicted unless newer content has its name`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "odd unlabelled\n1\n")
    try test.drop("v.csv", "odd unlabelled\n2\n")
    try test.run(steps)
    try test.drop("v.csv", "unlabelled\n3\n")
    try test.run(steps)
    #expect(try !test.records().release("u.csv", steps: steps).isSuperseded)
    #expect(try test.records().release("v.csv", steps: steps).isSuperseded)
    try test.run(steps)
    #expect(steps.calls.withLock(\.predicted) == ["v.csv", "u.csv"])
  }

  @Test func `a running loop goes on with a released file at once`() throws {
    var configuration = TestHome.quick
    configuration.watching.scanEvery = 3_600
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "odd unlabelled\n1\n")
    let loop = try Loop(home: test.home, configuration: configuration, steps: steps) { _ in }
    let thread = BackgroundThread { try? loop.run(once: false) }
    try wait(for: "a champion beside a quarantined file") {
      let status = try test.records().status()
      return status.files["quarantined"] == 1 && status.aliases["champion"] != nil
    }
    _ = try test.records().release("u.csv", steps: steps)
    try wait(for: "a prediction") { try test.records().status().predictions == 1 }
    loop.stop()
    thread.join()
  }

  @Test func `what cannot be used stays out, and names have to be clear`() throws {
    let steps = FakeSteps()
    try test.drop("bad.csv", "refused\n1\n")
    try test.drop("x/bad.csv", "refused\n2\n")
    try test.drop("one.csv", "refused\n3\n")
    try test.run(steps)
    let records = try test.records()
    let kind: (PipelineError) -> String = { error in
      switch error {
      case .noSuchFile(_, _, let isAmbiguous): isAmbiguous ? "several" : "none"
      case .notReleased: "unusable"
      default: "\(error)"
      }
    }
    let file = try #require(try records.quarantined("one.csv").path)
    for (name, expected) in [
      ("two.csv", "none"), ("", "none"), ("bad.csv", "several"), ("x/bad.csv", "unusable"),
      ("one.csv", "unusable"), (Disk.name(of: file), "unusable"),
      (String(try records.quarantined("one.csv").sha256.prefix(8)), "unusable"),
    ] {
      #expect("\(name)") { try records.release(name, steps: steps) } throws: { error in
        (error as? PipelineError).map(kind) == expected
      }
    }
    #expect(try records.status().files["quarantined"] == 3)
  }

  @Test func `predictions in folders stay while they are in service, and go when replaced`() throws
  {
    var configuration = TestHome.quick
    configuration.retention.predictions = 0
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("2026/01/u.csv", "unlabelled\n1\n")
    try test.run(steps)
    try test.drop("2026/01/u.csv", "unlabelled\n2\n")
    try test.drop("b.csv", "labelled\n2\n")
    try test.run(steps)
    #expect(try test.files(test.home.predictions).count == 3)
    Thread.sleep(forTimeInterval: 1.1)
    let records = try HomeRecords(home: test.home, configuration: configuration)
    #expect(try records.collectGarbage(isDryRun: false).count == 2)
    let champion = try #require(try records.status().aliases["champion"]?.version)
    let left = try test.files(test.home.predictions)
    #expect(left.count == 1 && left[0].hasPrefix("2026/01/u.") && left[0].contains(champion))
    // The one before it predicts anew when it comes back.
    let previous = try records.rollBack()
    try test.run(steps)
    #expect(try test.files(test.home.predictions).contains { $0.contains(previous) })
  }

  @Test func `empty folders of past days are removed from the inbox`() throws {
    for path in ["2026/01/01", "2026/01/02", "today"] {
      try Disk.makeFolder("\(test.home.inbox)/\(path)")
    }
    try Data().write(to: URL(filePath: "\(test.home.inbox)/2026/01/02/keep.txt"))
    let later = Timestamp.now() + 100_000
    Retention.removeEmptyFolders(below: test.home.inbox, olderThan: 86_400, now: Timestamp.now())
    #expect(try Disk.names(in: test.home.inbox) == ["2026", "today"])
    Retention.removeEmptyFolders(below: test.home.inbox, olderThan: 86_400, now: later)
    #expect(try Disk.names(in: test.home.inbox) == ["2026"])
    #expect(try Disk.names(in: "\(test.home.inbox)/2026/01") == ["02"])
  }

  @Test func `names that do not count are forgotten by the watcher after a scan`() throws {
    let watcher = try ChangeWatcher(wakeSignal: WakeSignal())
    watcher.watch(test.home.inbox)
    // Events come in order: when the second name is known, the first one is.
    func dropAndNotice(_ name: String) throws {
      try test.drop(name, "1\n")
      try test.drop("after-\(name)", "1\n")
      try wait(for: "the event") { watcher.takeRenamed("\(test.home.inbox)/after-\(name)") }
    }
    try dropAndNotice("a.csv")
    watcher.beginScan()
    #expect(watcher.takeRenamed("\(test.home.inbox)/a.csv"))
    #expect(!watcher.takeRenamed("\(test.home.inbox)/a.csv"))
    try dropAndNotice("b.csv")
    watcher.beginScan()
    watcher.beginScan()
    #expect(!watcher.takeRenamed("\(test.home.inbox)/b.csv"))
  }
}

// The audit log, retention and metrics of a home.
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct RecordsTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  /// A home in which something has happened.
  private func live() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    try test.run(steps)
    try test.drop("b.csv", "labelled\n2\n")
    try test.drop("bad.csv", "refused\n")
    try test.run(steps)
  }

  @Test func `nothing goes that the champion needs`() throws {
    try live()
    var configuration = TestHome.quick
    configuration.retention = .init()
    configuration.retention.models = 0
    configuration.retention.runs = 0
    configuration.retention.predictions = 0
    configuration.retention.quarantine = 0
    configuration.retention.objects = 0
    let steps = FakeSteps()
    try test.drop("u.csv", "unlabelled\n9\n")
    try test.drop("c.csv", "labelled\n3\n")
    try test.run(steps)
    Thread.sleep(forTimeInterval: 1.1)
    let records = try HomeRecords(home: test.home, configuration: configuration)
    let before = try test.files(test.home.path).filter { !$0.hasPrefix("state/") }
    let planned = try records.collectGarbage(isDryRun: true)
    #expect(try test.files(test.home.path).filter { !$0.hasPrefix("state/") } == before)
    let removed = try records.collectGarbage(isDryRun: false)
    #expect(removed == planned)
    #expect(Set(removed.map(\.kind)) == ["object", "model", "run", "prediction", "quarantined"])
    // Three labelled files and the newest of the scored ones.
    #expect(try test.files(test.home.objects).count == 4)
    let status = try records.status()
    let champion = try #require(status.aliases["champion"])
    #expect(FileManager.default.fileExists(atPath: "\(champion.path)/model"))
    let previous = try #require(status.aliases["previous"])
    #expect(FileManager.default.fileExists(atPath: previous.path))
    #expect(try records.models().count == 2)
    #expect(try records.collectGarbage(isDryRun: true) == [])
    _ = try HomeRecords.verifyAudit(of: test.home)
    // And the loop goes on.
    try test.drop("d.csv", "labelled\n4\n")
    try test.run(steps)
    #expect(steps.calls.withLock { $0.trainings.last } == ["a.csv", "b.csv", "c.csv", "d.csv"])
  }

  @Test func `a window trains on the newest rows only, in whole files`() throws {
    var configuration = TestHome.quick
    configuration.training.windowRows = 3
    let steps = FakeSteps()
    for number in 0..<4 {
      try test.drop("f\(number).csv", "labelled\n\(number)\n\(number)\n")
      try test.run(steps, configuration)
    }
    #expect(
      steps.calls.withLock(\.trainings) == [
        ["f0.csv"], ["f0.csv", "f1.csv"], ["f1.csv", "f2.csv"], ["f2.csv", "f3.csv"],
      ])
  }

  @Test func `the metrics tell what the ledger tells`() throws {
    try live()
    let ledger = try Ledger(path: test.home.ledger)
    try LoopMetrics(home: test.home, ledger: ledger, task: "churn").write(waiting: 3)
    let text = try test.text(test.home.metrics)
    for line in [
      "mlcore_ingest_files_total{result=\"ingested\"} 3.0",
      "mlcore_ingest_files_total{result=\"quarantined\"} 1.0", "mlcore_inbox_files 3.0",
      "mlcore_gate_decisions_total{model=\"churn\",decision=\"promoted\"} 2.0",
      "# TYPE mlcore_predict_rows_total counter",
    ] { #expect(text.contains(line), "\(line) in \(text)") }
    let champion = try #require(test.records().status().aliases["champion"]?.version)
    #expect(text.contains("mlcore_champion_info{model=\"churn\",version=\"\(champion)\"} 1.0"))
  }
}

// What is gone from a home, what was removed on purpose, and what a crash has left half done.
import Foundation
import GRDB
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct LostPartsTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  @Test func `a prediction that retention removed is forgotten, and not told as gone`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    try test.run(steps)
    let old = "\(test.home.predictions)/" + (try #require(test.files(test.home.predictions).first))
    try test.drop("u.csv", "unlabelled\n2\n")
    try test.run(steps)
    // The file is older than the note of it in the ledger.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -2_000 * 86_400)], ofItemAtPath: old)
    let records = try test.records()
    #expect(try records.ledger.predictions().count == 2)
    #expect(try records.collectGarbage(isDryRun: false).contains { $0.kind == "prediction" })
    #expect(!FileManager.default.fileExists(atPath: old))
    #expect(try records.ledger.predictions().count == 1)
    // The older content comes again, and is predicted again.
    try test.drop("u.csv", "unlabelled\n1\n")
    #expect(try !test.run(steps).contains { $0.contains("gone") })
    #expect(steps.calls.withLock(\.predicted) == ["u.csv", "u.csv", "u.csv"])
  }

  @Test func `a challenger whose folder is gone is told as one that is not in service`() throws {
    var configuration = TestHome.quick
    configuration.mode = .shadow
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps, configuration)
    let folder = try #require(test.records().status().aliases["challenger"]?.path)
    try FileManager.default.removeItem(atPath: folder)
    let lost = PipelineError.lostModel(folder: folder, isInService: false)
    #expect(throws: lost) { try test.run(steps, configuration) }
    #expect(lost.description.contains("not in service"))
    // The next model is a challenger whose folder is there.
    try test.drop("b.csv", "labelled\n2\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    do { try test.run(steps, configuration) } catch let error as PipelineError {
      // The first look may come before the training has ended.
      #expect(error == lost)
    }
    try test.run(steps, configuration)
    #expect(steps.calls.withLock(\.predicted) == ["u.csv"])
  }

  @Test
  func `a run whose folder was removed before the ledger took note is ended at the next start`()
    throws
  {
    let steps = FakeSteps()
    var configuration = TestHome.quick
    configuration.training.minRows = 1_000
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps, configuration)
    let ledger = try Ledger(path: test.home.ledger)
    let plan = try #require(try ledger.trainingPlan())
    let folder = test.home.run(try ledger.startRun(plan))
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let database = try DatabaseQueue(path: test.home.ledger)
    try database.write {
      try $0.execute(
        sql: """
          CREATE TRIGGER refusing BEFORE UPDATE ON runs
          BEGIN SELECT RAISE(ABORT, 'refused'); END
          """)
    }
    #expect(throws: PipelineError.self) { try test.run(steps, configuration) }
    #expect(Disk.status(folder) == nil)
    #expect(try ledger.runningRuns() == [1])
    try database.write { try $0.execute(sql: "DROP TRIGGER refusing") }
    try test.run(steps)
    #expect(try ledger.runningRuns() == [])
    #expect(try test.records().status().runs.map(\.state) == ["promoted", "interrupted"])
  }

  @Test func `a metric that the ledger does not hold is left out`() throws {
    let steps = FakeSteps()
    steps.metrics.withLock {
      $0 = ["auc": 0.8, "rmse": 1e305, "mae": -.infinity, "r2": .nan, "loss": 1e300]
    }
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps)
    #expect(try test.records().ledger.versions().map(\.metrics) == [["auc": 0.8, "loss": 1e300]])
    try test.run(steps)
  }
}

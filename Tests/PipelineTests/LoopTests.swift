// The loop with steps that a test makes up: what happens to files, models and predictions.
import Foundation
import GRDB
import LoopContract
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct LoopTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  @Test func `a labelled file becomes a champion, and an unlabelled one is predicted`() throws {
    try test.drop("a.csv", "labelled\n1\n2\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    try test.run(FakeSteps())
    let status = try test.records().status()
    let champion = try #require(status.aliases["champion"])
    #expect(status.files == ["ingested": 2, "duplicate": 0, "quarantined": 0])
    #expect(status.inbox == 0 && status.untrained == 0 && status.unpredicted == 0)
    #expect(
      try test.files(test.home.inbox) == [] && test.files(test.home.path + "/state/taken") == [])
    let output = try #require(test.files(test.home.predictions).first)
    #expect(output.hasPrefix("u.") && output.hasSuffix(".\(champion.version).csv"))
    #expect(
      try test.text("\(test.home.predictions)/\(output)")
        == "\(champion.version)\nunlabelled\n1\n")
    #expect(try test.text("\(test.home.models)/churn/champion/model").isEmpty == false)
  }

  @Test func `files that arrive together make one training`() throws {
    for number in 0..<40 { try test.drop("f\(number).csv", "labelled\n\(number)\n") }
    let steps = FakeSteps()
    try test.run(steps)
    #expect(steps.calls.withLock { $0.trainings.map(\.count) } == [40])
  }

  @Test func `the same content is a duplicate and no training`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps)
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("b.csv", "labelled\n1\n")
    let lines = try test.run(steps)
    #expect(try test.records().status().files == ["ingested": 1, "duplicate": 2, "quarantined": 0])
    #expect(steps.calls.withLock(\.trainings).count == 1)
    #expect(lines.contains { $0.hasPrefix("duplicate b.csv") })
  }

  @Test func `equal files of one batch are one file and a duplicate`() throws {
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("b.csv", "labelled\n1\n")
    try test.run(FakeSteps())
    #expect(try test.records().status().files == ["ingested": 1, "duplicate": 1, "quarantined": 0])
  }

  @Test func `a bad file goes to quarantine with its reason and holds nobody up`() throws {
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("bad.csv", "refused\n1\n")
    try test.drop("sub/worse.csv", "nonsense\n")
    try test.run(FakeSteps())
    #expect(try test.records().status().files == ["ingested": 1, "duplicate": 0, "quarantined": 2])
    let names = try test.files(test.home.quarantine)
    #expect(names.count == 4)
    let reason = try #require(names.first { $0.hasSuffix("bad.csv.reason.json") })
    #expect(try test.text("\(test.home.quarantine)/\(reason)").contains("bad rows"))
    let copy = try #require(names.first { $0.hasSuffix("bad.csv") })
    #expect(try test.text("\(test.home.quarantine)/\(copy)") == "refused\n1\n")
    #expect(try test.records().status().aliases["champion"] != nil)
  }

  @Test func `a file that ends the step is found among the others`() throws {
    for number in 0..<5 { try test.drop("f\(number).csv", "labelled\n\(number)\n") }
    try test.drop("evil.csv", "crash\n")
    try test.run(FakeSteps())
    #expect(try test.records().status().files == ["ingested": 5, "duplicate": 0, "quarantined": 1])
    let reason = try #require(test.files(test.home.quarantine).first { $0.hasSuffix(".json") })
    #expect(try test.text("\(test.home.quarantine)/\(reason)").contains("signal 11"))
  }

  @Test func `a promotion scores the newest version of each file again`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    try test.drop("v.csv", "unlabelled\n2\n")
    try test.run(steps)
    try test.drop("u.csv", "unlabelled\n3\n")
    try test.run(steps)
    #expect(steps.calls.withLock { $0.predicted.sorted() } == ["u.csv", "u.csv", "v.csv"])
    steps.calls.withLock { $0.predicted = [] }
    try test.drop("b.csv", "labelled\n2\n")
    try test.run(steps)
    #expect(steps.calls.withLock { $0.predicted.sorted() } == ["u.csv", "v.csv"])
    let champion = try #require(test.records().status().aliases["champion"]?.version)
    let outputs = try test.files(test.home.predictions).filter { $0.contains(champion) }
    let u = try #require(outputs.first { $0.hasPrefix("u.") })
    #expect(try test.text("\(test.home.predictions)/\(u)").hasSuffix("unlabelled\n3\n"))
  }

  @Test func `a file that goes back to an earlier content is scored as it is now`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    for text in ["unlabelled\n1\n", "unlabelled\n2\n", "unlabelled\n1\n"] {
      try test.drop("u.csv", text)
      try test.run(steps)
    }
    try test.drop("b.csv", "labelled\n2\n")
    try test.run(steps)
    let champion = try #require(test.records().status().aliases["champion"]?.version)
    let output = try #require(test.files(test.home.predictions).first { $0.contains(champion) })
    #expect(try test.text("\(test.home.predictions)/\(output)").hasSuffix("unlabelled\n1\n"))
  }

  @Test func `a rejected challenger leaves the champion in service`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps)
    let before = try #require(test.records().status().aliases["champion"]?.version)
    try test.drop("p.csv", "labelled\npoison\n")
    let lines = try test.run(steps)
    let status = try test.records().status()
    #expect(status.aliases["champion"]?.version == before)
    #expect(status.aliases["challenger"]?.objections == ["poison"])
    #expect(status.runs.first?.state == "rejected")
    #expect(lines.contains { $0.contains("rejected") && $0.contains("poison") })
  }

  @Test func `a line names five objections and how many more there are`() {
    let many = (1...7).map { "no \($0)" }
    #expect(
      Trainer.line(of: many) == "no 1; no 2; no 3; no 4; no 5; and 2 more in gate.json")
    #expect(Trainer.line(of: Array(many.prefix(5))) == "no 1; no 2; no 3; no 4; no 5")
    #expect(Trainer.line(of: []) == "")
  }

  @Test func `in manual mode the first model waits, and is promoted and rolled back by hand`()
    throws
  {
    var manual = TestHome.quick
    manual.mode = .manual
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    try test.run(steps, manual)
    #expect(try test.records().status().aliases["champion"] == nil)
    #expect(steps.calls.withLock(\.predicted) == [])
    let first = try test.records().promote("challenger")
    try test.run(steps, manual)
    #expect(steps.calls.withLock(\.predicted) == ["u.csv"])
    try test.drop("b.csv", "labelled\n2\n")
    try test.run(steps, manual)
    let second = try test.records().promote("challenger")
    #expect(second != first)
    #expect(try test.records().rollBack() == first)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(
        atPath: "\(test.home.models)/churn/champion") == first)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(
        atPath: "\(test.home.models)/churn/previous") == second)
    #expect(throws: PipelineError.inService(version: first)) { try test.records().promote(first) }
    #expect(throws: PipelineError.self) { try test.records().promote("nobody") }
  }

  @Test func `a shadow predicts beside the champion`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    try test.run(steps)
    var shadow = TestHome.quick
    shadow.mode = .shadow
    try test.drop("b.csv", "labelled\n2\n")
    try test.run(steps, shadow)
    let aliases = try test.records().status().aliases
    let versions = try [
      #require(aliases["champion"]?.version), #require(aliases["challenger"]?.version),
    ]
    #expect(Set(versions).count == 2)
    let outputs = try test.files(test.home.predictions)
    for version in versions { #expect(outputs.contains { $0.contains(version) }) }
  }

  @Test func `a training that fails on the data waits for other data`() throws {
    let steps = FakeSteps()
    let failure = StepFailure(kind: .data, facts: "one class", advice: "add rows")
    steps.trainingFault.withLock { $0 = [PipelineError.step(failure)] }
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps)
    try test.run(steps)
    #expect(try test.records().status().runs.map(\.state) == ["failed"])
    #expect(steps.calls.withLock(\.trainings) == [])
    try test.drop("b.csv", "labelled\n2\n")
    try test.run(steps)
    #expect(steps.calls.withLock(\.trainings) == [["a.csv", "b.csv"]])
  }

  @Test func `a training that the system stops is tried again`() throws {
    let steps = FakeSteps()
    steps.trainingFault.withLock {
      $0 = [PipelineError.system(.write, path: "x", errorNumber: ENOSPC)]
    }
    try test.drop("a.csv", "labelled\n1\n")
    // The first attempt may be the last of a run that ends when nothing is left to do.
    do { try test.run(steps) } catch let error as PipelineError {
      #expect(error == .system(.write, path: "x", errorNumber: ENOSPC))
    }
    try test.run(steps)
    // A loop that still runs after its pause goes on with the run; the next loop begins another one.
    let states = try test.records().status().runs.map(\.state)
    #expect(states == ["promoted", "interrupted"] || states == ["promoted"], "\(states)")
  }

  @Test func `a training whose process always dies is given up`() throws {
    let steps = FakeSteps()
    steps.trainingFault.withLock {
      $0 = Array(repeating: PipelineError.stepEnded(step: "train", how: "died"), count: 9)
    }
    try test.drop("a.csv", "labelled\n1\n")
    let loop = try Loop(home: test.home, configuration: TestHome.quick, steps: steps) { _ in }
    let thread = BackgroundThread { try? loop.run(once: false) }
    defer {
      loop.stop()
      thread.join()
    }
    try wait(for: "a failed run") {
      try test.records().status().runs.map(\.state) == ["failed"]
    }
  }

  @Test func `two loops cannot share a home`() throws {
    let steps = FakeSteps()
    let first = try Loop(home: test.home, configuration: TestHome.quick, steps: steps) { _ in }
    #expect(throws: PipelineError.locked(home: test.home.path)) {
      try Loop(home: test.home, configuration: TestHome.quick, steps: steps) { _ in }
    }
    try first.run(once: true)
  }

  @Test func `what was ingested before a crash is trained on after it`() throws {
    try test.drop("a.csv", "labelled\n1\n")
    let steps = FakeSteps()
    try test.run(steps)
    // As a loop leaves it that is killed while it trains.
    let ledger = try Ledger(path: test.home.ledger)
    try ledger.write { try $0.execute(sql: "UPDATE runs SET state = 'running', ended = NULL") }
    try test.run(steps)
    #expect(try test.records().status().runs.map(\.state) == ["unchanged", "interrupted"])
  }
}

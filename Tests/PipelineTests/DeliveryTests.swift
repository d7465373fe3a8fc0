// Models that are brought to a place, and files that every training reads.
import Foundation
import LoopContract
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct DeliveryTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  private static var delivering: PipelineConfiguration {
    var configuration = TestHome.quick
    configuration.delivery = "place"
    return configuration
  }

  private func status() throws -> HomeStatus {
    try HomeRecords(home: test.home, configuration: Self.delivering).status()
  }

  private var away: PipelineError {
    .step(StepFailure(kind: .remote, facts: "the place is away", advice: "wait"))
  }

  @Test func `a champion is delivered, and after a rollback the one before`() throws {
    let steps = FakeSteps()
    #expect(try status().delivery == HomeStatus.Delivery(place: "place"))
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps, Self.delivering)
    let first = try #require(try status().aliases["champion"]?.version)
    try test.drop("b.csv", "labelled\n2\n")
    try test.run(steps, Self.delivering)
    let second = try #require(try status().aliases["champion"]?.version)
    #expect(try status().delivery?.version == second)
    let back = try test.records().rollBack()
    try test.run(steps, Self.delivering)
    // Each start makes sure that the place has the champion.
    var places: [String] = []
    for version in steps.calls.withLock(\.delivered) where places.last != version {
      places.append(version)
    }
    #expect(places == [first, second, first] && back == first)
    #expect(try status().delivery?.version == first && status().delivery?.delivered != nil)
    #expect(try HomeRecords.verifyAudit(of: test.home).records > 0)
  }

  @Test func `without a place nothing is delivered`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps)
    #expect(steps.calls.withLock(\.delivered).isEmpty)
    #expect(try test.records().status().delivery == nil)
  }

  @Test func `a place that is away is one line, and everything else is done`() throws {
    let steps = FakeSteps()
    steps.deliveryFault.withLock { $0 = [away] }
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    #expect(throws: away) { try test.run(steps, Self.delivering) }
    let status = try status()
    #expect(status.aliases["champion"] != nil && status.predictions == 1)
    #expect(status.delivery?.problem == "the place is away" && status.delivery?.version == nil)
    // The next start tries again.
    let lines = try test.run(steps, Self.delivering)
    #expect(lines.count { $0.hasPrefix("delivered") } == 1)
    let after = try self.status()
    #expect(after.delivery?.version == after.aliases["champion"]?.version)
    #expect(after.delivery?.problem == nil)
  }

  @Test func `a loop that goes on tries again by itself`() throws {
    let steps = FakeSteps()
    steps.deliveryFault.withLock { $0 = [away] }
    let lines = Lines()
    try test.drop("a.csv", "labelled\n1\n")
    let loop = try Loop(home: test.home, configuration: Self.delivering, steps: steps) {
      lines.add($0)
    }
    let thread = BackgroundThread { try? loop.run(once: false) }
    try wait(for: "a delivery") { !steps.calls.withLock(\.delivered).isEmpty }
    loop.stop()
    thread.join()
    #expect(steps.calls.withLock(\.delivered).count == 1)
    #expect(lines.all.count { $0.hasPrefix("problem: the place is away") } == 1)
  }

  @Test func `files for every training stay in the window and count for nothing in it`() throws {
    let steps = FakeSteps()
    var configuration = TestHome.quick
    configuration.training.windowRows = 2
    try test.drop("who.csv", "background\n1\n2\n3\n")
    try test.run(steps, configuration)
    // Nothing to learn from yet.
    #expect(steps.calls.withLock(\.trainings).isEmpty)
    for (name, rows) in [("a", "1\n"), ("b", "2\n"), ("c", "3\n")] {
      try test.drop("\(name).csv", "labelled\n\(rows)")
      try test.run(steps, configuration)
    }
    #expect(
      steps.calls.withLock(\.trainings)
        == [["who.csv", "a.csv"], ["who.csv", "a.csv", "b.csv"], ["who.csv", "b.csv", "c.csv"]])
    // A file that says more of the others is a reason to train again.
    try test.drop("more.csv", "background\n4\n")
    try test.run(steps, configuration)
    #expect(
      steps.calls.withLock(\.trainings).last == ["who.csv", "b.csv", "c.csv", "more.csv"])
  }
}

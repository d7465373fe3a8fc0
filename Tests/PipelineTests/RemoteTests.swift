// Folders elsewhere: each state of each object once, whatever fails, repeats or comes too late.
import Foundation
import GRDB
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct RemoteTests: RemoteSuite {
  let test: TestHome
  let folder = FakeFolder()

  init() throws { test = try TestHome() }

  @Test func `objects become a champion and predictions, once, and stay where they are`() throws {
    folder.put("a.csv", "labelled\n1\n2\n")
    folder.put("sub/u.csv", "unlabelled\n1\n")
    folder.put("notes.txt", "labelled\n")
    let steps = FakeSteps()
    try runOnce(steps)
    #expect(try files() == ["ingested": 2, "duplicate": 0, "quarantined": 0])
    let output = try #require(test.files(test.home.predictions).first)
    #expect(output.hasPrefix("sub/u."))
    try runOnce(steps)
    #expect(folder.state.withLock { $0.fetched.sorted() } == ["a.csv", "sub/u.csv"])
    #expect(folder.state.withLock { $0.objects.count } == 3)
    #expect(steps.calls.withLock(\.trainings).count == 1)
    #expect(steps.calls.withLock(\.predicted) == ["sub/u.csv"])
    let place = try #require(test.records().status().remote.first)
    #expect(place.place == folder.name && place.waiting == 0 && place.problem == nil)
    #expect(place.reached != nil)
    #expect(
      try test.text(test.home.metrics).contains("mlcore_remote_up{place=\"\(folder.name)\"} 1"))
  }

  @Test func `an object that is replaced is another one, and the same content a duplicate`() throws
  {
    folder.put("a.csv", "labelled\n1\n")
    try runOnce()
    folder.put("a.csv", "labelled\n2\n")
    try runOnce()
    folder.put("a.csv", "labelled\n1\n")
    folder.put("b.csv", "labelled\n2\n")
    try runOnce()
    #expect(try files() == ["ingested": 2, "duplicate": 2, "quarantined": 0])
  }

  @Test func `two keys that Unicode calls the same are two objects`() throws {
    // Of one size and one second, so that nothing but the bytes of the keys tells them apart.
    folder.put("\u{e9}.csv", "labelled\n1\n", at: 2_000)
    folder.put("e\u{301}.csv", "labelled\n2\n", at: 2_000)
    try runOnce()
    #expect(try files() == ["ingested": 2, "duplicate": 0, "quarantined": 0])
    #expect(folder.state.withLock(\.fetched.count) == 2)
  }

  @Test func `an object without its last line end is whole`() throws {
    folder.put("a.csv", "labelled\n1")
    try runOnce()
    #expect(try files() == ["ingested": 1, "duplicate": 0, "quarantined": 0])
  }

  @Test func `an object that is replaced within its second is found out`() throws {
    folder.put("a.csv", "labelled\n1\n", at: 2_000)
    try run(quick) { try files()["ingested"] == 1 }
    // Same name, same size, same second: a listing cannot tell.
    folder.put("a.csv", "labelled\n2\n", at: 2_000)
    try run(quick) { try files()["ingested"] == 2 }
    let path = test.home.ledger
    let settled = {
      try Ledger(path: path).read {
        try Int.fetchOne($0, sql: "SELECT SUM(settled) FROM remote_objects")
      }
    }
    // Both have been looked at once more; then the bucket is not asked about them again.
    try run(quick) { try settled() == 2 }
    #expect(folder.state.withLock(\.fetched) == ["a.csv", "a.csv"])
  }

  @Test func `keys that are no paths stay outside and hold nobody up`() throws {
    let names = [
      "../../../evil.csv", "a//b.csv", "/c.csv", "x/../../d.csv", ".hidden/e.csv", "_tmp/f.csv",
      "g.csv/", String(repeating: "h", count: 300) + ".csv", "..sneaky/i.csv", "j.csv.tmp",
    ]
    for name in names { folder.put(name, "unlabelled\n\(name.count)\n") }
    folder.put("good.csv", "labelled\n1\n")
    folder.put("name with spaces + plus, é.csv", "unlabelled\n1\n")
    let lines = try runOnce()
    #expect(try files() == ["ingested": 2, "duplicate": 0, "quarantined": 0])
    #expect(folder.state.withLock(\.fetched).count == 2)
    #expect(lines.contains { $0.contains("evil.csv: this key cannot be the name of a file") })
    #expect(try test.files(test.home.predictions).count == 1)
  }

  @Test func `a folder that is away ends a single run, after everything else`() throws {
    folder.put("a.csv", "labelled\n1\n")
    folder.state.withLock { $0.isAway = true }
    try test.drop("b.csv", "labelled\n2\n")
    #expect(throws: FakeFolder.away) { try runOnce() }
    #expect(try files() == ["ingested": 1, "duplicate": 0, "quarantined": 0])
    #expect(try test.records().status().aliases["champion"] != nil)
    let place = try #require(test.records().status().remote.first)
    #expect(place.problem?.contains("away") == true && place.reached == nil)
    #expect(
      try test.text(test.home.metrics).contains("mlcore_remote_up{place=\"\(folder.name)\"} 0"))
    folder.state.withLock { $0.isAway = false }
    try runOnce()
    #expect(try files()["ingested"] == 2)
  }

  @Test func `a folder that comes back is read on, and its problem is said once`() throws {
    folder.put("a.csv", "labelled\n1\n")
    folder.state.withLock { $0.isAway = true }
    let lines = Lines()
    try test.drop("b.csv", "labelled\n2\n")
    try run(quick, say: { lines.add($0) }) {
      let ingested = try files()["ingested"]
      if ingested == 1, lines.all.contains(where: { $0.contains("away") }) {
        folder.state.withLock { $0.isAway = false }
      }
      return ingested == 2
    }
    #expect(lines.all.count { $0.contains("away") } == 1)
  }

  @Test func `an object that cannot be fetched holds no other up`() throws {
    folder.put("a.csv", "labelled\n1\n")
    folder.put("b.csv", "labelled\n2\n")
    folder.state.withLock { $0.broken = ["a.csv"] }
    #expect(throws: FakeFolder.away) { try runOnce() }
    #expect(try files()["ingested"] == 1)
    folder.state.withLock { $0.broken = [] }
    try runOnce()
    #expect(try files()["ingested"] == 2)
  }

  @Test func `what a killed loop had fetched is removed and fetched again`() throws {
    folder.put("a.csv", "labelled\n1\n")
    let left = "\(test.home.plain)/fetched-7-1-a.csv"
    try test.home.makeFolders()
    try Disk.makeFolder(test.home.plain)
    try Data("half".utf8).write(to: URL(filePath: left))
    try runOnce()
    #expect(try files()["ingested"] == 1)
    #expect(try test.files(test.home.plain) == [])
  }

  @Test func `an object that is listed and not there yet is fetched by a later listing`() throws {
    folder.put("a.csv", "labelled\n1\n")
    folder.state.withLock { $0.late = ["a.csv"] }
    try run(quick) { try files()["ingested"] == 1 }
    #expect(folder.state.withLock(\.fetched) == ["a.csv", "a.csv"])
  }

  @Test func `an object of which nothing is told holds no other up`() throws {
    var configuration = quick
    configuration.watching.listEvery = 3_600
    let queue = FakeQueue()
    folder.state.withLock {
      $0.closed = ["a.csv"]
      $0.broken = ["a.csv"]
    }
    var hasSent = false
    try run(configuration, queue: queue) {
      // After the listing, which would find them.
      if !hasSent, folder.state.withLock({ $0.listings > 0 }) {
        hasSent = true
        folder.put("a.csv", "labelled\n1\n")
        folder.put("b.csv", "labelled\n2\n")
        queue.send("both", .written(["lake/in/a.csv", "lake/in/b.csv"]))
      }
      return try files()["ingested"] == 1
    }
    #expect(try inputs() == ["b.csv \(ObjectDigest.of("labelled\n2\n"))"])
    // It can be read, and still nobody tells what it is.
    folder.state.withLock { $0.broken = [] }
    try run(configuration, queue: queue) { try files()["ingested"] == 2 }
  }

  @Test func `an object that is not told of when its second is over holds no other up`() throws {
    folder.put("a.csv", "labelled\n1\n")
    folder.put("b.csv", "labelled\n2\n")
    try runOnce()
    folder.state.withLock { $0.closed = ["a.csv"] }
    let path = test.home.ledger
    try run(quick) {
      try Ledger(path: path).read {
        try String.fetchAll($0, sql: "SELECT name FROM remote_objects WHERE settled")
      } == ["b.csv"]
    }
    folder.put("c.csv", "labelled\n3\n")
    try run(quick) { try files()["ingested"] == 3 }
  }

  @Test func `an object that cannot be stored holds no other up, and is tried again`() throws {
    let text = "labelled\n1\n"
    folder.put("a.csv", text)
    folder.put("b.csv", "labelled\n2\n")
    let inTheWay = "\(test.home.objects)/\(ObjectDigest.of(text).prefix(2))"
    try test.home.makeFolders()
    try Data().write(to: URL(filePath: inTheWay))
    #expect(throws: PipelineError.self) { try runOnce() }
    #expect(try inputs() == ["b.csv \(ObjectDigest.of("labelled\n2\n"))"])
    let place = try #require(test.records().status().remote.first)
    #expect(place.waiting == 1 && place.problem?.contains("cannot rename") == true)
    try run(quick) {
      if try files()["ingested"] == 1 { unlink(inTheWay) }
      return try files()["ingested"] == 2
    }
  }

  @Test func `objects that do not fit on the disk together are looked at one by one`() throws {
    for number in 1...3 { folder.put("f\(number).csv", "labelled\n\(number)\n") }
    let steps = FakeSteps()
    let full = PipelineError.system(.write, path: "/x", errorNumber: ENOSPC)
    steps.examiningFault.withLock { $0 = [full] }
    try runOnce(steps)
    #expect(try files()["ingested"] == 3)
  }

  @Test func `many objects come in batches, each once`() throws {
    for number in 0..<700 { folder.put("f\(number).csv", "labelled\n\(number)\n") }
    let steps = FakeSteps()
    try runOnce(steps)
    #expect(try files()["ingested"] == 700)
    #expect(folder.state.withLock(\.fetched).count == 700)
    // The first training may not wait for all of them, though none is left out in the end.
    #expect(steps.calls.withLock { $0.trainings.last?.count } == 700)
  }

  @Test func `a loop that is stopped anywhere takes each state of each object once`() throws {
    var random = SeededOrder(seed: 11)
    var expected: Set<String> = []
    for round in 0..<12 {
      for number in 0..<5 {
        let text = "\(number % 2 == 0 ? "labelled" : "unlabelled")\n\(round) \(number)\n"
        folder.put("f\(number).csv", text)
        expected.insert("f\(number).csv \(ObjectDigest.of(text))")
      }
      // Sooner or later: before the first look, while it fetches, while it trains, after all.
      try runAndStop(after: Double(random.next() % 40) / 1_000)
      #expect((try? test.files(test.home.plain)) ?? [] == [])
      // All of this round, before the next one replaces it.
      try runOnce()
    }
    #expect(try inputs() == expected.sorted())
  }

  @Test func `pauses grow after failures, and are over after a success`() {
    var backoff = Backoff()
    let now = ContinuousClock.now
    #expect(backoff.left(now) == nil)
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
      #expect(backoff.failed(FakeFolder.away, now) == .seconds(pause))
    }
    #expect(backoff.left(now + .seconds(59))?.wait == .seconds(1))
    #expect(backoff.left(now + .seconds(60)) == nil)
    backoff.succeeded()
    #expect(backoff.failed(FakeFolder.away, now) == .seconds(1))
  }
}

// Queues that tell of objects: a notice makes a look sooner, and nothing else.
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct NoticeTests: RemoteSuite {
  let test: TestHome
  let folder = FakeFolder()

  init() throws { test = try TestHome() }

  @Test func `notices find objects before a listing does, and go when the ledger has them`() throws
  {
    var configuration = quick
    configuration.watching.listEvery = 3_600
    let early = Mutex<[String]>([])
    let path = test.home.ledger
    let queue = FakeQueue { ids in
      let known =
        (try? Ledger(path: path).knownInputs(of: "fake://lake/in").map(\.name)) ?? []
      for id in ids where id.hasPrefix("m-") && !known.contains(String(id.dropFirst(2))) {
        early.withLock { $0.append(id) }
      }
    }
    let lines = Lines()
    var hasSent = false
    try run(configuration, queue: queue, say: { lines.add($0) }) {
      if !hasSent, folder.state.withLock({ $0.listings > 0 }) {
        hasSent = true
        for number in 0..<30 {
          let name = "f\(number).csv"
          folder.put(name, "labelled\n\(number)\n")
          queue.send("m-\(name)", .written(["lake/in/\(name)"]))
          // The same again, as another message.
          queue.send("again-\(name)", .written(["lake/in/\(name)", "lake/in/\(name)"]))
        }
        queue.send("test", .nothing)
        queue.send("elsewhere", .written(["lake/other/a.csv", "pond/in/a.csv", "lake/in"]))
        queue.send("gone", .written(["lake/in/gone.csv"]))
        queue.send("odd", .written(["lake/in/../../evil.csv", "lake/in/notes.txt"]))
        queue.send("unknown", .unknown("it is no event"))
      }
      let left = queue.state.withLock { Set($0.messages.keys) }
      return hasSent && left == ["unknown"]
    }
    #expect(early.withLock(\.self) == [])
    #expect(try files() == ["ingested": 30, "duplicate": 0, "quarantined": 0])
    #expect(folder.state.withLock(\.listings) == 1)
    #expect(folder.state.withLock { Set($0.fetched).count } == 30)
    #expect(lines.all.count { $0.contains("not understood: it is no event") } == 1)
    let metrics = try test.text(test.home.metrics)
    #expect(metrics.contains("mlcore_queue_messages_total{result=\"unknown\"} 1.0"))
  }

  @Test func `a message stays while its object cannot be fetched`() throws {
    var configuration = quick
    configuration.watching.listEvery = 3_600
    let queue = FakeQueue()
    folder.state.withLock { $0.broken = ["a.csv"] }
    folder.put("a.csv", "labelled\n1\n")
    folder.put("b.csv", "labelled\n2\n")
    queue.send("a", .written(["lake/in/a.csv"]))
    queue.send("both", .written(["lake/in/a.csv", "lake/in/b.csv"]))
    queue.send("b", .written(["lake/in/b.csv"]))
    try run(configuration, queue: queue) {
      if queue.state.withLock({ $0.deleted }) == ["b"] {
        if folder.state.withLock({ $0.broken.isEmpty }) { return false }
        let ingested = try files()["ingested"]
        #expect(ingested == 1)
        folder.state.withLock { $0.broken = [] }
      }
      return queue.state.withLock { $0.messages.isEmpty }
    }
    #expect(try files()["ingested"] == 2)
  }

  @Test func `a message that does not come again is not held for ever`() throws {
    try test.home.makeFolders()
    let services = try LoopServices(
      test.home, TestHome.quick, steps: FakeSteps(), log: LoopLog { _ in })
    let source = RemoteSource(folder, number: 0, services)
    // Nobody fetches anything, so that the message is never done.
    let worker = WorkerLoop(name: "idle", log: services.log) { .nothing }
    let queue = FakeQueue()
    let listener = QueueListener(
      queue, sources: [(source, worker)], services, patience: .milliseconds(200))
    queue.send("a", .written(["lake/in/a.csv"]))
    let listening = WorkerLoop(name: queue.name, log: services.log) { try listener.step() }
    listening.start()
    defer { listening.stop() }
    func held() throws -> Int? {
      try services.ledger.read {
        try Int.fetchOne($0, sql: "SELECT waiting FROM remote_places")
      }
    }
    for count in [1, 0] {
      try wait(for: "\(count) held messages") { try held() == count }
      queue.state.withLock { $0.messages = [:] }
    }
    #expect(queue.state.withLock(\.deleted) == [])
  }

  @Test func `what no notice tells of is found by a listing`() throws {
    let queue = FakeQueue()
    queue.state.withLock { $0.failures = 2 }
    try run(quick, queue: queue) {
      if folder.state.withLock({ $0.listings == 1 }) { folder.put("a.csv", "labelled\n1\n") }
      return try files()["ingested"] == 1
    }
  }

  @Test func `a notice of an object that listings lack still finds it`() throws {
    let queue = FakeQueue()
    folder.state.withLock { $0.unlisted = ["a.csv"] }
    folder.put("a.csv", "labelled\n1\n")
    queue.send("a", .written(["lake/in/a.csv"]))
    var configuration = quick
    configuration.watching.listEvery = 3_600
    try run(configuration, queue: queue) { try files()["ingested"] == 1 }
  }
}

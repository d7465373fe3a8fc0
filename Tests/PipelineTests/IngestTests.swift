// When files are complete, which count, and what is stored of them.
import Foundation
import Glibc
import Storage
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct IngestTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  private func found(_ name: String) throws -> FoundFile {
    let path = "\(test.home.inbox)/\(name)"
    let status = try #require(Disk.status(path))
    return FoundFile(source: test.home.inbox, name: name, identity: Disk.Identity(status))
  }

  @Test func `a file that changes waits anew, and a renamed one does not wait`() throws {
    try test.drop("a.csv", "1\n")
    var tracker = StabilityTracker(settle: .seconds(2))
    let start = ContinuousClock.now
    let first = try found("a.csv")
    var sorted = tracker.sort([first], now: start) { _ in false }
    #expect(sorted.waiting == 1)
    sorted = tracker.sort([first], now: start + .seconds(1)) { _ in false }
    #expect(sorted.ready.isEmpty && sorted.next == .seconds(1))
    var changed = first
    changed.identity.modified += 1
    sorted = tracker.sort([changed], now: start + .seconds(2)) { _ in false }
    #expect(sorted.ready.isEmpty && sorted.next == .seconds(2))
    sorted = tracker.sort([changed], now: start + .seconds(4)) { _ in false }
    #expect(sorted.ready == [changed] && sorted.waiting == 0)
    var other = StabilityTracker(settle: .seconds(2))
    sorted = other.sort([first], now: start) { _ in true }
    #expect(sorted.ready == [first] && other.isWhole(first))
  }

  @Test func `a delayed file is left alone until then, or until it changes`() throws {
    try test.drop("a.csv", "1\n")
    var tracker = StabilityTracker(settle: .zero)
    let start = ContinuousClock.now
    let file = try found("a.csv")
    var sorted = tracker.sort([file], now: start) { _ in false }
    #expect(sorted.ready.count == 1)
    tracker.delay(file, by: .seconds(5), now: start)
    sorted = tracker.sort([file], now: start + .seconds(4)) { _ in false }
    #expect(sorted.ready.isEmpty)
    var changed = file
    changed.identity.size += 1
    sorted = tracker.sort([changed], now: start + .seconds(4)) { _ in false }
    #expect(sorted.ready.count == 1)
    tracker.delay(changed, by: .seconds(1), now: start + .seconds(4))
    sorted = tracker.sort([changed], now: start + .seconds(5)) { _ in false }
    #expect(sorted.ready.count == 1)
  }

  @Test func `names count by patterns, and never those of unfinished files`() {
    let patterns = NamePatterns(include: ["*.csv", "in/*.txt"], exclude: ["old*"])
    for name in ["a.csv", "x/y/a.csv", "in/a.txt"] { #expect(patterns.accept(name), "\(name)") }
    for name in [
      "a.txt", ".a.csv", "_a.csv", "old.csv", "x/old1.csv", "a.csv.tmp", "a.csv.part", "a.csv~",
    ] { #expect(!patterns.accept(name), "\(name)") }
  }

  @Test func `objects are named by their content and stored once`() throws {
    let store = ObjectStore(folder: test.home.objects)
    try test.drop("a.CSV", "1,2\n")
    try test.drop("b.csv", "1,2\n")
    let first = try store.store(found("a.CSV"))
    #expect(first.sha256 == ObjectDigest.of("1,2\n"))
    #expect(first.object == "\(first.sha256.prefix(2))/\(first.sha256).csv")
    #expect(try store.store(found("b.csv")) == first)
    #expect(try test.files(test.home.objects) == [first.object])
    #expect(try test.text(store.path(first.object)) == "1,2\n")
  }

  @Test func `links, folders, locked and changed files are not stored`() throws {
    let store = ObjectStore(folder: test.home.objects)
    try test.drop("a.csv", "1\n")
    var changed = try found("a.csv")
    changed.identity.modified -= 1
    #expect(throws: ObjectStore.Refusal.busy) { try store.store(changed) }
    let link = "\(test.home.inbox)/link.csv"
    #expect(symlink("\(test.home.inbox)/a.csv", link) == 0)
    #expect(throws: ObjectStore.Refusal.gone) { try store.store(found("link.csv")) }
    mkfifo("\(test.home.inbox)/pipe.csv", 0o600)
    #expect(throws: ObjectStore.Refusal.gone) { try store.store(found("pipe.csv")) }
    let descriptor = open("\(test.home.inbox)/a.csv", O_RDONLY)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX) == 0)
    #expect(throws: ObjectStore.Refusal.busy) { try store.store(found("a.csv")) }
    #expect(try test.files(test.home.objects) == [])
  }

  @Test func `a text without its last line end looks unfinished`() throws {
    let store = ObjectStore(folder: test.home.objects)
    for (name, text, isComplete) in [
      ("a.csv", "1\n", true), ("b.csv", "1\n2", false), ("c.csv", "", false),
      ("d.parquet", "PAR1....PAR1", true), ("e.parquet", "PAR1....\n", false),
      // What is told by its first bytes to be neither has no end to wait for.
      ("f.csv", "\u{1}\0\0abc", true), ("g.parquet", "x\n1\n", true),
    ] {
      try test.drop(name, text)
      #expect(try store.looksComplete(found(name)) == isComplete, "\(name)")
    }
  }

  @Test func `what a killed writer leaves is quarantined as truncated`() throws {
    try Data("labelled\n1\n2".utf8).write(to: URL(filePath: "\(test.home.inbox)/a.csv"))
    try test.run(FakeSteps())
    #expect(try test.records().status().files["quarantined"] == 1)
    let reason = try #require(test.files(test.home.quarantine).first { $0.hasSuffix(".json") })
    #expect(try test.text("\(test.home.quarantine)/\(reason)").contains("truncated"))
  }

  @Test func `a file that is still growing is taken when it is whole`() throws {
    var configuration = TestHome.quick
    configuration.watching.patience = 30
    let path = URL(filePath: "\(test.home.inbox)/a.csv")
    try Data("labelled\n1".utf8).write(to: path)
    let loop = try Loop(home: test.home, configuration: configuration, steps: FakeSteps()) { _ in }
    let thread = BackgroundThread { try? loop.run(once: false) }
    try test.drop("b.csv", "labelled\n2\n")
    try wait(for: "the other file") { try test.records().status().files["ingested"] != 0 }
    #expect(try test.records().status().files == ["ingested": 1, "duplicate": 0, "quarantined": 0])
    let handle = try FileHandle(forWritingTo: path)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("2\n".utf8))
    try handle.close()
    try wait(for: "the whole file") { try test.records().status().files["ingested"] == 2 }
    loop.stop()
    thread.join()
    let objects = try test.files(test.home.objects)
    #expect(objects.count == 2)
    #expect(objects.contains { $0.contains(ObjectDigest.of("labelled\n12\n")) })
  }

  @Test func `hard links, new folders and folders moved in are all found`() throws {
    let outside = test.surroundings
    try outside.write("labelled\n1\n", to: "deep/a.csv")
    try outside.write("labelled\n2\n", to: "b.csv")
    let loop = try Loop(home: test.home, configuration: TestHome.quick, steps: FakeSteps()) { _ in }
    let thread = BackgroundThread { try? loop.run(once: false) }
    #expect(link(outside.appending("b.csv"), "\(test.home.inbox)/linked.csv") == 0)
    #expect(rename(outside.appending("deep"), "\(test.home.inbox)/deep") == 0)
    try test.drop("x/y/z/c.csv", "labelled\n3\n")
    try wait(for: "three files") { try test.records().status().files["ingested"] == 3 }
    loop.stop()
    thread.join()
  }

  @Test func `files of other folders stay, and are not taken in again`() throws {
    let folder = test.surroundings.appending("source")
    try test.surroundings.write("labelled\n1\n", to: "source/a.csv")
    var configuration = TestHome.quick
    // One that is away holds nobody up.
    configuration.watching.folders = ["\(folder)/away", folder]
    for _ in 0..<3 { try test.run(FakeSteps(), configuration) }
    #expect(FileManager.default.fileExists(atPath: "\(folder)/a.csv"))
    #expect(try test.records().status().files == ["ingested": 1, "duplicate": 0, "quarantined": 0])
    try test.surroundings.write("labelled\n2\n", to: "source/a.csv")
    try test.run(FakeSteps(), configuration)
    #expect(try test.records().status().files["ingested"] == 2)
  }

  @Test func `what a killed loop had half taken comes back or is done with`() throws {
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(FakeSteps())
    // One that the ledger does not know.
    let path = "\(test.home.path)/state/taken/1-1-b.csv"
    try Data("labelled\n2\n".utf8).write(to: URL(filePath: path))
    try test.run(FakeSteps())
    #expect(try test.records().status().files["ingested"] == 2)
    #expect(try test.files("\(test.home.path)/state/taken") == [])
  }
}

// Files that a program has open for writing: they wait, and what is written late is never lost.
import Foundation
import Glibc
import LoopContract
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// Steps during which a program opens a file again.
private final class ReopeningSteps: PipelineSteps {
  let inner = FakeSteps()
  let path: String
  let descriptor = Mutex<Int32?>(nil)

  init(path: String) { self.path = path }

  func answer(_ request: StepRequest, log: String?) throws -> StepAnswer {
    if case .examine = request {
      descriptor.withLock { if $0 == nil { $0 = open(path, O_WRONLY | O_APPEND) } }
    }
    return try inner.answer(request, log: log)
  }

  func stop() {}
}

@Suite(.onOwnThread) struct WriterTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  private func found(_ name: String) throws -> FoundFile {
    let status = try #require(Disk.status("\(test.home.inbox)/\(name)"))
    return FoundFile(source: test.home.inbox, name: name, identity: Disk.Identity(status))
  }

  private func stored() throws -> [String] {
    try test.files(test.home.objects).map { try test.text("\(test.home.objects)/\($0)") }.sorted()
  }

  @Test func `a file that a program has open for writing is taken when it is closed`() throws {
    try test.drop("a.csv", "labelled\n1\n")
    let writer = open("\(test.home.inbox)/a.csv", O_WRONLY | O_APPEND)
    #expect(throws: ObjectStore.Refusal.open) {
      try ObjectStore(folder: test.home.objects).store(found("a.csv"))
    }
    #expect(throws: PipelineError.openForWriting(path: "\(test.home.inbox)/a.csv")) {
      try test.run(FakeSteps())
    }
    #expect(try test.records().status().files["ingested"] == 0)
    #expect(write(writer, "2\n", 2) == 2)
    close(writer)
    try test.run(FakeSteps())
    #expect(try stored() == ["labelled\n1\n2\n"])
    #expect(try test.files(test.home.inbox) == [])
  }

  @Test func `a row that is written while a file is taken is taken too`() throws {
    try test.drop("a.csv", "labelled\n1\n")
    let steps = ReopeningSteps(path: "\(test.home.inbox)/a.csv")
    #expect(throws: PipelineError.openForWriting(path: "\(test.home.inbox)/a.csv")) {
      try Loop(home: test.home, configuration: TestHome.quick, steps: steps) { _ in }
        .run(once: true)
    }
    let opened = steps.descriptor.withLock { $0 }
    let writer = try #require(opened)
    #expect(write(writer, "2\n", 2) == 2)
    close(writer)
    try Loop(home: test.home, configuration: TestHome.quick, steps: FakeSteps()) { _ in }
      .run(once: true)
    #expect(try stored() == ["labelled\n1\n", "labelled\n1\n2\n"])
    #expect(try test.files(test.home.inbox) == [])
  }

  @Test func `where there are no leases, what changes after it was taken comes back`() throws {
    let ingestor = Ingestor(
      try LoopServices(
        test.home, TestHome.quick, steps: FakeSteps(), lease: WriterLease { _ in .unknown },
        log: LoopLog { _ in }))
    var tracker = StabilityTracker(settle: .zero)
    for name in ["a.csv", "b.csv"] { try test.drop(name, "labelled\n\(name)\n") }
    _ = try ingestor.take([found("a.csv"), found("b.csv")], tracker: &tracker)
    #expect(try test.files(test.home.inbox) == [])
    let taken = try #require(try test.files(test.home.taken).first { $0.hasSuffix("a.csv") })
    let writer = try FileHandle(forWritingTo: URL(filePath: "\(test.home.taken)/\(taken)"))
    try writer.seekToEnd()
    try writer.write(contentsOf: Data("late\n".utf8))
    try writer.close()
    try ingestor.sweep()
    #expect(try test.files(test.home.taken) == [])
    #expect(try test.files(test.home.inbox) == ["a.csv"])
    #expect(try test.text("\(test.home.inbox)/a.csv") == "labelled\na.csv\nlate\n")
  }
}

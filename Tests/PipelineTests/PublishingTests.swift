// Predictions that are copied elsewhere: each once, whatever fails.
import Foundation
import GRDB
import PipelineRemote
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct PublishingTests: RemoteSuite {
  let test: TestHome
  let folder = FakeFolder()

  init() throws { test = try TestHome() }

  @Test func `predictions are copied once, under their names`() throws {
    let output = FakeOutput()
    folder.put("a.csv", "labelled\n1\n")
    folder.put("sub/u.csv", "unlabelled\n1\n")
    try runOnce(output: output)
    let names = try test.files(test.home.predictions)
    #expect(output.state.withLock(\.puts) == names && names.count == 1)
    let name = try #require(names.first)
    #expect(
      try output.state.withLock { $0.files[name] } == test.text("\(test.home.predictions)/\(name)"))
    try runOnce(output: output)
    #expect(output.state.withLock(\.puts.count) == 1)
    // As a loop leaves it that is killed after the copy and before its note.
    try Ledger(path: test.home.ledger).write { try $0.execute(sql: "DELETE FROM publications") }
    try runOnce(output: output)
    #expect(output.state.withLock(\.puts) == [name, name])
    #expect(output.state.withLock(\.files.count) == 1)
    #expect(try HomeRecords.verifyAudit(of: test.home).records > 0)
  }

  @Test func `predictions that cannot be copied wait, and end a single run`() throws {
    let output = FakeOutput()
    output.state.withLock { $0.isAway = true }
    folder.put("a.csv", "labelled\n1\n")
    folder.put("u.csv", "unlabelled\n1\n")
    #expect(throws: FakeFolder.away) { try runOnce(output: output) }
    #expect(try test.files(test.home.predictions).count == 1)
    let place = try test.records().status().remote.first { $0.kind == "output" }
    #expect(place?.waiting == 1 && place?.problem != nil)
    output.state.withLock { $0.isAway = false }
    try runOnce(output: output)
    #expect(output.state.withLock(\.puts.count) == 1)
    #expect(try test.records().status().remote.first { $0.kind == "output" }?.waiting == 0)
  }

  @Test func `predictions that retention has removed are not asked for again`() throws {
    let output = FakeOutput()
    output.state.withLock { $0.isAway = true }
    folder.put("a.csv", "labelled\n1\n")
    folder.put("u.csv", "unlabelled\n1\n")
    #expect(throws: FakeFolder.away) { try runOnce(output: output) }
    for name in try test.files(test.home.predictions) {
      try FileManager.default.removeItem(atPath: "\(test.home.predictions)/\(name)")
    }
    output.state.withLock { $0.isAway = false }
    try runOnce(output: output)
    #expect(output.state.withLock(\.puts) == [])
    #expect(try test.records().status().remote.first { $0.kind == "output" }?.waiting == 0)
    // Unless they are made again, as after a rollback.
    try Ledger(path: test.home.ledger).write { try $0.execute(sql: "DELETE FROM predictions") }
    try runOnce(output: output)
    #expect(try output.state.withLock(\.puts) == test.files(test.home.predictions))
    #expect(output.state.withLock(\.puts.count) == 1)
  }

  @Test func `predictions that cannot be copied hold no other up`() throws {
    let output = FakeOutput()
    output.state.withLock { $0.broken = ["x"] }
    folder.put("a.csv", "labelled\n1\n")
    // More of them than one look at the ledger finds.
    for number in 0..<70 { folder.put("x\(number).csv", "unlabelled\nx\(number)\n") }
    folder.put("y.csv", "unlabelled\n1\n")
    #expect(throws: FakeFolder.away) { try runOnce(output: output) }
    #expect(output.state.withLock { $0.puts.map { $0.prefix(2) } } == ["y."])
    #expect(try test.records().status().remote.first { $0.kind == "output" }?.waiting == 70)
    output.state.withLock { $0.broken = [] }
    try runOnce(output: output)
    #expect(output.state.withLock(\.puts.count) == 71)
    #expect(try test.records().status().remote.first { $0.kind == "output" }?.problem == nil)
  }

  @Test func `a folder of this machine gets whole files`() throws {
    let target = test.surroundings.appending("out")
    try Data("1\n".utf8).write(to: URL(filePath: "\(test.folder)/p.csv"))
    let output = LocalOutputFolder(path: target)
    // As a loop leaves it that is killed while it copies.
    try Disk.makeFolder("\(target)/sub")
    try Data("half".utf8).write(to: URL(filePath: "\(target)/sub/.p.csv.copy"))
    try output.put("\(test.folder)/p.csv", as: "sub/p.csv")
    try Data("2\n".utf8).write(to: URL(filePath: "\(test.folder)/p.csv"))
    try output.put("\(test.folder)/p.csv", as: "sub/p.csv")
    #expect(try test.files(target) == ["sub/p.csv"])
    #expect(try test.text("\(target)/sub/p.csv") == "2\n")
    #expect(throws: PipelineError.self) { try output.put("\(test.folder)/none", as: "n.csv") }
    #expect(try test.files(target) == ["sub/p.csv"])
  }
}

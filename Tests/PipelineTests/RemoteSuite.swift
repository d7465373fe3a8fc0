// What the tests of folders elsewhere share.
import Foundation
import GRDB
import TestSupport

@testable import Pipeline

/// Tests with a home and a folder elsewhere.
protocol RemoteSuite {
  var test: TestHome { get }
  var folder: FakeFolder { get }
}

extension RemoteSuite {
  var quick: PipelineConfiguration {
    var configuration = TestHome.quick
    configuration.watching.listEvery = 0.05
    return configuration
  }

  @discardableResult
  func runOnce(
    _ steps: FakeSteps = FakeSteps(), output: FakeOutput? = nil
  ) throws -> [String] {
    let lines = Lines()
    let parts = RemoteParts(folders: [folder], output: output)
    try Loop(home: test.home, configuration: quick, steps: steps, remote: parts) { lines.add($0) }
      .run(once: true)
    return lines.all
  }

  /// Runs a loop until something holds, and stops it.
  func run(
    _ configuration: PipelineConfiguration, queue: FakeQueue? = nil, output: FakeOutput? = nil,
    steps: FakeSteps = FakeSteps(), say: @escaping @Sendable (String) -> Void = { _ in },
    until isDone: () throws -> Bool
  ) throws {
    let parts = RemoteParts(folders: [folder], queue: queue, output: output)
    let loop = try Loop(
      home: test.home, configuration: configuration, steps: steps, remote: parts, say: say)
    let thread = BackgroundThread { try? loop.run(once: false) }
    defer {
      loop.stop()
      thread.join()
    }
    try wait(for: "what the loop is run for", until: isDone)
  }

  /// Runs a loop and stops it after some seconds, wherever it is.
  func runAndStop(after seconds: Double) throws {
    let parts = RemoteParts(folders: [folder])
    let loop = try Loop(home: test.home, configuration: quick, steps: FakeSteps(), remote: parts) {
      _ in
    }
    let thread = BackgroundThread { try? loop.run(once: false) }
    Thread.sleep(forTimeInterval: seconds)
    loop.stop()
    thread.join()
  }

  func files() throws -> [String: Int] { try test.records().status().files }

  /// The names and contents of all that is in the ledger.
  func inputs() throws -> [String] {
    try Ledger(path: test.home.ledger).read { database in
      try Row.fetchAll(database, sql: "SELECT name, sha256 FROM files ORDER BY name, sha256").map {
        row in "\(row["name"] as String) \(row["sha256"] as String)"
      }
    }
  }
}

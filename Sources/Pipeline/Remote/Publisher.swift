// Copies predictions to a folder elsewhere. A copy counts when the ledger has it; one that a killed
// loop had made is made again, under the same name with the same bytes.
internal import GRDB
internal import Glibc
internal import Synchronization

/// Publishes predictions.
final class Publisher: Sendable {
  private let output: any OutputFolder
  private let home: Home
  private let ledger: Ledger
  private let log: LoopLog
  private let backoff = Mutex(Backoff())

  /// Files between two looks at the ledger.
  private static let batch = 64

  init(output: any OutputFolder, home: Home, ledger: Ledger, log: LoopLog) {
    self.output = output
    self.home = home
    self.ledger = ledger
    self.log = log
  }

  /// Publishes some predictions, if there are any.
  func work(isStopped: () -> Bool) throws -> Lane.Outcome {
    if let left = backoff.withLock({ $0.left() }) { return .failed(left.error, again: left.wait) }
    let names = try ledger.unpublished(to: output.name, limit: Self.batch)
    do {
      for name in names {
        if isStopped() { throw PipelineError.stopped }
        try publish(name)
      }
    } catch let error as PipelineError where error != .stopped {
      try note(problem: LoopLog.text(error))
      return .failed(error, again: backoff.withLock { $0.failed(error) })
    }
    backoff.withLock { $0.succeeded() }
    try note(problem: nil)
    return names.isEmpty ? .nothing : .worked
  }

  private func publish(_ name: String) throws {
    let path = "\(home.predictions)/\(name)"
    let isThere = Disk.exists(path)
    if isThere { try output.put(path, as: name) }
    let time = Moment.now()
    try ledger.write { database in
      try Ledger.publish(name, to: output.name, wasThere: isThere, at: time, in: database)
    }
    // Retention may have removed it before it was asked for.
    if isThere { log.say("published \(output.name)/\(name)") }
  }

  private func note(problem: String?) throws {
    try ledger.note(
      RemotePlace(
        place: output.name, kind: .output, waiting: try ledger.countUnpublished(to: output.name),
        problem: problem), at: Moment.now())
  }
}

/// A folder of this machine that predictions are copied to.
public struct LocalOutputFolder: OutputFolder {
  public let name: String

  /// Names a folder by its path from the root; it is made when it is needed.
  public init(path: String) { name = path }

  public func put(_ path: String, as name: String) throws {
    let target = "\(self.name)/\(name)"
    try Disk.makeFolder(Disk.parent(of: target))
    try Disk.copy(path, into: target)
    try Disk.flush(Disk.parent(of: target))
  }
}

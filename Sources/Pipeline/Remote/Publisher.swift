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
    let folder = Disk.parent(of: target)
    try Disk.makeFolder(folder)
    let temporary = "\(folder)/.\(Disk.name(of: name)).\(getpid()).tmp"
    do {
      try copy(path, to: temporary)
      try Disk.flush(temporary)
      try Disk.move(temporary, to: target)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func copy(_ path: String, to target: String) throws {
    let input = open(path, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw Disk.failure(.open, path) }
    defer { close(input) }
    let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard output >= 0 else { throw Disk.failure(.create, target) }
    defer { close(output) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try Disk.read(input, into: buffer, path: path)
      if count == 0 { return }
      try Disk.write(
        UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: output, path: target)
    }
  }
}

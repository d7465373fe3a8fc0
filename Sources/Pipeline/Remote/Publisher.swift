// Copies predictions to a folder elsewhere. A copy counts when the ledger has it; one that a killed
// loop had made is made again, under the same name with the same bytes.
internal import Glibc
internal import Storage
internal import Synchronization
internal import Texts

/// Publishes predictions.
final class Publisher: Sendable {
  let output: any OutputFolder
  private let services: LoopServices
  private let state = Mutex(State())

  private struct State {
    /// Predictions that could not be copied.
    var failing: [ByteText: Backoff] = [:]
    /// The place as a whole.
    var place = Backoff()
    var isStopped = false
  }

  /// Files between two looks at the ledger.
  private static let batch = 64
  /// When a place where nothing succeeds is taken to be away.
  private static let patience = Duration.seconds(10)

  init(_ output: any OutputFolder, _ services: LoopServices) {
    self.output = output
    self.services = services
  }

  /// Ends the work soon.
  func stop() { state.withLock { $0.isStopped = true } }

  /// Publishes all predictions that can be; one that cannot holds no other up.
  func work() throws -> WorkerLoop.Outcome {
    if let left = state.withLock({ $0.place.left() }) {
      return .failed(left.error, again: left.wait)
    }
    let started = ContinuousClock.now
    var failing = try stillFailing()
    defer { state.withLock { $0.failing = failing } }
    var passedOver = Set(failing.filter { $0.value.left(started) != nil }.keys)
    var isAny = false
    while true {
      let names = try services.ledger.unpublished(
        to: output.name, limit: Self.batch, except: passedOver)
      if names.isEmpty { break }
      for name in names {
        if state.withLock(\.isStopped) { throw PipelineError.stopped }
        do {
          try publish(name)
          failing[ByteText(name)] = nil
          isAny = true
        } catch let error as PipelineError where !error.concernsAll {
          _ = failing[ByteText(name), default: Backoff()].failed(error)
          passedOver.insert(ByteText(name))
          guard isAny || ContinuousClock.now - started < Self.patience else {
            try note(problem: services.log.text(error))
            return .failed(error, again: state.withLock { $0.place.failed(error) })
          }
        }
      }
    }
    state.withLock { $0.place.succeeded() }
    // All that is left has failed now, or not long ago.
    let left = failing.sorted { $0.key < $1.key }.compactMap { $0.value.left(started) }
    try note(problem: left.first.map { services.log.text($0.error) })
    guard let first = left.first else { return isAny ? .worked : .nothing }
    let wait = left.reduce(first.wait) { min($0, $1.wait) } - (.now - started)
    return .failed(first.error, again: max(wait, .zero))
  }

  /// The predictions that failed before and are still to be published.
  private func stillFailing() throws -> [ByteText: Backoff] {
    let failing = state.withLock(\.failing)
    if failing.isEmpty { return [:] }
    let open = Set(texts: try services.ledger.unpublished(to: output.name, limit: .max))
    return failing.filter { open.contains($0.key) }
  }

  private func publish(_ name: String) throws {
    let path = "\(services.directory.predictions)/\(name)"
    let isThere = Disk.exists(path)
    if isThere { try output.put(path, as: name) }
    try services.ledger.transaction { transaction in
      // Retention may have removed it before it was asked for, and a rollback may bring it back.
      if !isThere, Disk.exists(path) { return }
      try transaction.publish(name, to: output.name, wasThere: isThere)
    }
    if isThere { services.log.say("published \(output.name)/\(name)") }
  }

  private func note(problem: String?) throws {
    try services.ledger.note(
      RemotePlace(
        place: output.name, kind: .output,
        waiting: try services.ledger.countUnpublished(to: output.name),
        problem: problem))
  }
}

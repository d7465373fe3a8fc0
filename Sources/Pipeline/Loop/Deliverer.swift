// Deliveries: the model in service is brought to the place where others use it, such as a database.
// A place that is away holds nothing up: it gets the model that is in service when it is back.
internal import Synchronization

/// Brings champions to their place.
final class Deliverer: Sendable {
  private let ledger: Ledger
  private let steps: any PipelineSteps
  private let registry: Registry
  private let place: String?
  private let log: LoopLog
  private let state = Mutex(State())

  private struct State {
    /// What this loop knows to be there.
    var delivered: String?
    /// What could not be delivered; another model is tried at once.
    var failed: String?
    var backoff = Backoff()
  }

  init(
    ledger: Ledger, steps: any PipelineSteps, registry: Registry, place: String?, log: LoopLog
  ) {
    self.ledger = ledger
    self.steps = steps
    self.registry = registry
    self.place = place
    self.log = log
  }

  /// Delivers the model in service, if it is not there.
  ///
  /// The first time after a start it is asked for whatever the ledger says: the place may have been
  /// emptied meanwhile.
  func work() throws -> Lane.Outcome {
    guard let place, let version = try registry.champion() else { return .nothing }
    let state = self.state.withLock { $0 }
    if state.delivered == version { return .nothing }
    if state.failed == version, let left = state.backoff.left() { throw left.error }
    do {
      try steps.deliver(registry.folder(of: version))
    } catch let error as PipelineError where error != .stopped {
      self.state.withLock { state in
        state.failed = version
        _ = state.backoff.failed(error)
      }
      try ledger.note(place: place, problem: error.description, at: Moment.now())
      throw error
    }
    try ledger.note(place: place, version: version, at: Moment.now())
    self.state.withLock { $0 = State(delivered: version) }
    log.say("delivered \(version) to \(place)")
    return .worked
  }
}

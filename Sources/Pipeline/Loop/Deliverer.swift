// Deliveries: the model in service is brought to the place where others use it, such as a database.
// A place that is away holds nothing up: it gets the model that is in service when it is back.
internal import Synchronization

/// Brings champions to their place.
final class Deliverer: Sendable {
  private let services: LoopServices
  private let state = Mutex(State())

  private struct State {
    /// What this loop knows to be there.
    var delivered: String?
    /// What could not be delivered; another model is tried at once.
    var failed: String?
    var backoff = Backoff()
  }

  init(_ services: LoopServices) { self.services = services }

  /// Delivers the model in service, if it is not there.
  ///
  /// The first time after a start it is asked for whatever the ledger says: the place may have been
  /// emptied meanwhile.
  func work() throws -> WorkerLoop.Outcome {
    guard let place = services.configuration.delivery,
      let version = try services.registry.champion()
    else { return .nothing }
    let state = self.state.withLock { $0 }
    if state.delivered == version { return .nothing }
    if state.failed == version, let left = state.backoff.left() { throw left.error }
    do {
      try services.steps.deliver(services.registry.folder(of: version))
    } catch let error as PipelineError where error != .stopped {
      self.state.withLock { state in
        state.failed = version
        _ = state.backoff.failed(error)
      }
      try services.ledger.note(place: place, problem: error.description)
      throw error
    }
    try services.ledger.note(place: place, version: version)
    self.state.withLock { $0 = State(delivered: version) }
    services.log.say("delivered \(version) to \(place)")
    return .worked
  }
}

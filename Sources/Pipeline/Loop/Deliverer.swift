// Deliveries: the model in service is brought to the place where others use it, such as a database.
// A place that is away holds nothing up: it gets the model that is in service when it is back.
internal import GRDB
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
    /// What the last attempt ended with, and when the next one is due.
    var failure: (version: String, error: any Error, until: ContinuousClock.Instant)?
    var pause = Deliverer.pauses.first
  }

  /// How long to wait after a failure: doubled each time, however often the lane is asked.
  private static let pauses: (first: Duration, longest: Duration) = (.seconds(1), .seconds(60))

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
    let (delivered, failure) = state.withLock { ($0.delivered, $0.failure) }
    if delivered == version { return .nothing }
    if let failure, failure.version == version, ContinuousClock.now < failure.until {
      throw failure.error
    }
    do {
      let request = StepRequest.deliver(model: registry.folder(of: version))
      guard case .delivered = try steps.answer(request, log: nil) else {
        throw PipelineError.stepEnded(step: request.name, how: "gave another answer")
      }
    } catch let error as PipelineError where error != .stopped {
      state.withLock { state in
        state.failure = (version, error, .now + state.pause)
        state.pause = min(state.pause * 2, Self.pauses.longest)
      }
      try ledger.note(place: place, problem: error.description, at: Moment.now())
      throw error
    }
    try ledger.note(place: place, version: version, at: Moment.now())
    state.withLock { $0 = State(delivered: version) }
    log.say("delivered \(version) to \(place)")
    return .worked
  }
}

// Listens to a queue, and deletes a message only when all that it tells of is in the ledger: a loop
// that is killed before gets it again.
internal import Synchronization

/// Turns messages into looks at objects.
final class QueueListener: Sendable {
  private let queue: any ChangeQueue
  private let sources: [(source: RemoteSource, worker: WorkerLoop)]
  private let services: LoopServices
  /// For how long a message is held that does not come again; one that is still in the queue does.
  private let patience: Duration
  private let state = Mutex(State())

  private struct State {
    var held: [String: Held] = [:]
    var unknown: Set<String> = []
    var backoff = Backoff()
  }

  /// A message whose objects are being fetched.
  private struct Held {
    var message: QueueMessage
    var objects: [(source: RemoteSource, name: String)]
    /// When it was received last.
    var seen = ContinuousClock.now
  }

  /// Beyond so many messages at work no others are asked for.
  private static let mostHeld = 5_000
  /// Seconds of a wait for messages: when there is nothing else to do, and while objects are fetched.
  private static let waits = (idle: 20, busy: 1)

  init(
    _ queue: any ChangeQueue, sources: [(source: RemoteSource, worker: WorkerLoop)],
    _ services: LoopServices, patience: Duration = .seconds(3_600)
  ) {
    self.queue = queue
    self.sources = sources
    self.services = services
    self.patience = patience
  }

  /// Waits for messages, and deletes those whose objects are done.
  func step() throws -> WorkerLoop.Outcome {
    try state.withLock { state in
      do {
        let isFull = state.held.count >= Self.mostHeld
        if !isFull {
          let wait = state.held.isEmpty ? Self.waits.idle : Self.waits.busy
          try take(try queue.receive(wait: wait), &state)
        }
        try deleteDone(&state.held)
        try note(problem: nil, state)
        state.backoff.succeeded()
        return isFull ? .later(.milliseconds(200)) : .worked
      } catch PipelineError.stopped {
        throw PipelineError.stopped
      } catch {
        // What cannot be written down now will be later.
        try? note(problem: services.log.text(error), state)
        return .failed(error, again: state.backoff.failed(error))
      }
    }
  }

  private func deleteDone(_ held: inout [String: Held]) throws {
    let done = held.values.filter { $0.objects.allSatisfy { $0.source.isDone($0.name) } }
    if !done.isEmpty {
      try queue.delete(done.map(\.message))
      try services.ledger.transaction { try $0.count("queue_done", by: Double(done.count)) }
      for one in done { held[one.message.id] = nil }
    }
    let now = ContinuousClock.now
    held = held.filter { now - $0.value.seen < patience }
  }

  private func note(problem: String?, _ state: State) throws {
    try services.ledger.note(
      RemotePlace(place: queue.name, kind: .queue, waiting: state.held.count, problem: problem))
  }

  private func take(_ messages: [QueueMessage], _ state: inout State) throws {
    var asked: [WorkerLoop] = []
    for message in messages {
      switch message.content {
      case .unknown(let reason):
        // Another program may wait for it: the queue's own rules decide what becomes of it.
        guard state.unknown.insert(message.id).inserted else { continue }
        if state.unknown.count > Self.mostHeld { state.unknown = [message.id] }
        services.log.say("note: \(queue.name): left a message that is not understood: \(reason)")
        try services.ledger.transaction { try $0.count("queue_unknown") }
      case .nothing:
        state.held[message.id] = Held(message: message, objects: [])
      case .written(let places):
        // One that has come again has another receipt, and its objects are looked at again.
        var objects: [(source: RemoteSource, name: String)] = []
        for place in places {
          for (source, worker) in sources {
            guard let name = source.name(of: place) else { continue }
            source.look(at: name)
            objects.append((source, name))
            asked.append(worker)
          }
        }
        state.held[message.id] = Held(message: message, objects: objects)
      }
    }
    for worker in asked { worker.ask() }
  }
}

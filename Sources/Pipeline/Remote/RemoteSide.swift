// All threads of a loop that talk to other systems, and what has come from them.
internal import Texts

/// The remote side of a loop.
final class RemoteSide: Sendable {
  private let sources: [(source: RemoteSource, worker: WorkerLoop)]
  private let queue: (any ChangeQueue)?
  private let listening: WorkerLoop?
  private let publisher: Publisher?
  private let publishing: WorkerLoop?

  /// Makes the threads.
  ///
  /// - Parameters:
  ///   - once: whether the loop ends when nothing is left: then a listing finds everything, and no
  ///     thread listens to the queue.
  ///   - wakeSignal: sent when something has come.
  init(
    _ parts: RemoteParts, _ services: LoopServices, wakeSignal: WakeSignal, once: Bool
  ) throws {
    sources = parts.folders.enumerated().map { number, folder in
      let source = RemoteSource(folder, number: number, services)
      let worker = WorkerLoop(name: folder.name, log: services.log) {
        defer { wakeSignal.send() }
        return try source.step()
      }
      return (source, worker)
    }
    queue = once ? nil : parts.queue
    let sources = sources
    listening = queue.map { queue in
      let listener = QueueListener(queue, sources: sources, services)
      return WorkerLoop(name: queue.name, log: services.log) { try listener.step() }
    }
    publisher = parts.output.map { Publisher($0, services) }
    publishing = publisher.map { publisher in
      WorkerLoop(name: publisher.output.name, log: services.log) {
        let outcome = try publisher.work()
        // Of several predictions some may have failed.
        if case .nothing = outcome {} else { try services.audit.flush() }
        return outcome
      }
    }
    try services.ledger.forgetPlaces(
      except: parts.folders.map(\.name)
        + [parts.queue?.name, parts.output?.name].compactMap(\.self))
  }

  /// Begins.
  func start() {
    for (_, worker) in sources { worker.start() }
    publishing?.start()
    listening?.start()
  }

  /// Ends all threads.
  func stop() {
    publisher?.stop()
    for (source, _) in sources { source.stop() }
    queue?.stop()
    listening?.stop()
    for (source, worker) in sources {
      worker.stop()
      source.removeFetched()
    }
    publishing?.stop()
  }

  /// The workers; when all are idle, nothing is left to do.
  var workers: [WorkerLoop] { sources.map(\.worker) + [publishing].compactMap(\.self) }

  /// How many objects are on their way.
  var waiting: Int { sources.reduce(0) { $0 + $1.source.waiting } }

  /// Whether objects may be on their way.
  var isArriving: Bool { sources.contains { $0.source.isArriving } }

  /// Has predictions published.
  func askPublishing() { publishing?.ask() }

  /// Gives what has been fetched to `take`, which returns what is not in the ledger now, and why.
  ///
  /// - Returns: whether there was anything.
  /// - Throws: what went wrong first, after all sources had their turn.
  func hand(
    _ take: (_ arrivals: [RemoteSource.Arrival], _ source: String) throws -> [ByteText:
      PipelineError]
  ) throws -> Bool {
    var hasTaken = false
    var problem: PipelineError?
    for (source, worker) in sources {
      let arrivals = source.arrivals
      if arrivals.isEmpty { continue }
      do {
        source.confirm(arrivals, left: try take(arrivals, source.folder.name))
      } catch let error as PipelineError where !error.concernsAll {
        problem = problem ?? error
        continue
      }
      worker.ask()
      hasTaken = true
    }
    if let problem { throw problem }
    return hasTaken
  }
}

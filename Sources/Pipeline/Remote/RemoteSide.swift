// All threads of a loop that talk to other systems, and what has come from them.
internal import Synchronization

/// The remote side of a loop.
final class RemoteSide: Sendable {
  private let sources: [(source: RemoteSource, lane: Lane)]
  private let listener: QueueListener?
  private let publishing: Lane?
  private let isStopped: Flag

  /// A flag that threads share.
  private final class Flag: Sendable {
    private let state = Mutex(false)
    var isSet: Bool { state.withLock(\.self) }
    func set() { state.withLock { $0 = true } }
  }

  /// Makes the threads.
  ///
  /// - Parameters:
  ///   - once: whether the loop ends when nothing is left: then a listing tells all, and nobody
  ///     listens.
  ///   - bell: rung when something has come.
  init(
    _ parts: RemoteParts, home: Home, ledger: Ledger, configuration: PipelineConfiguration,
    audit: AuditLog, log: LoopLog, bell: Bell, once: Bool
  ) throws {
    let patterns = NamePatterns(
      include: configuration.watching.include, exclude: configuration.watching.exclude)
    sources = parts.folders.enumerated().map { number, folder in
      let source = RemoteSource(
        folder: folder, number: number, home: home, ledger: ledger, patterns: patterns,
        every: .seconds(configuration.watching.listEvery), log: log)
      let lane = Lane(name: folder.name, log: log) {
        defer { bell.ring() }
        return try source.step()
      }
      return (source, lane)
    }
    listener =
      if let queue = parts.queue, !once {
        QueueListener(queue: queue, sources: sources, ledger: ledger, log: log)
      } else { nil }
    let isStopped = Flag()
    self.isStopped = isStopped
    publishing = parts.output.map { output in
      let publisher = Publisher(output: output, home: home, ledger: ledger, log: log)
      return Lane(name: output.name, log: log) {
        let outcome = try publisher.work { isStopped.isSet }
        // Of several predictions some may have failed.
        if case .nothing = outcome {} else { try audit.flush() }
        return outcome
      }
    }
    try ledger.forgetPlaces(
      except: parts.folders.map(\.name)
        + [parts.queue?.name, parts.output?.name].compactMap(\.self))
  }

  /// Begins.
  func start() {
    for (_, lane) in sources { lane.start() }
    publishing?.start()
    listener?.start()
  }

  /// Ends all threads.
  func stop() {
    isStopped.set()
    for (source, _) in sources { source.stop() }
    listener?.stop()
    for (source, lane) in sources {
      lane.stop()
      source.removeFetched()
    }
    publishing?.stop()
  }

  /// The lanes, for those who want to know whether nothing is left to do.
  var lanes: [Lane] { sources.map(\.lane) + [publishing].compactMap(\.self) }

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
    _ take: (_ arrivals: [RemoteSource.Arrival], _ source: String) throws -> [String: PipelineError]
  ) throws -> Bool {
    var hasTaken = false
    var problem: PipelineError?
    for (source, lane) in sources {
      let arrivals = source.arrivals
      if arrivals.isEmpty { continue }
      do {
        source.confirm(arrivals, left: try take(arrivals, source.folder.name))
      } catch let error as PipelineError where !error.concernsAll {
        problem = problem ?? error
        continue
      }
      lane.ask()
      hasTaken = true
    }
    if let problem { throw problem }
    return hasTaken
  }
}

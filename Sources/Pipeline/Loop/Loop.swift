// The loop: files come in on the thread that runs it, models are trained on a second one, files are
// predicted on a third, models are delivered on a fourth; each folder elsewhere has a thread too. They
// tell each other nothing but "look again"; what there is to do, each finds in the ledger.
internal import Glibc
internal import Synchronization

/// Watches a home until it is told to stop.
public final class Loop: Sendable {
  private let services: LoopServices
  private let lock: HomeLock
  private let parts: RemoteParts
  private let wakeSignal = WakeSignal()
  private let isStopped = Atomic(false)

  /// Files that are taken in by one transaction.
  private static let batch = 256
  /// The time between two looks for what may be removed.
  private static let cleaning = Duration.seconds(86_400)
  /// The least time between two scans.
  private static let leastPause = Duration.milliseconds(2)

  /// Takes the lock of a home and opens its ledger.
  ///
  /// - Parameters:
  ///   - remote: what the settings name on other systems.
  ///   - words: the words for a problem; the facts alone if nobody says otherwise.
  ///   - say: told one line for each thing that happens.
  /// - Throws: `PipelineError`.
  public init(
    home: LoopDirectory, configuration: PipelineConfiguration, steps: any PipelineSteps,
    remote: RemoteParts = RemoteParts(),
    words: @escaping @Sendable (PipelineError) -> String = \.description,
    say: @escaping @Sendable (String) -> Void
  ) throws {
    parts = remote
    try home.makeFolders()
    lock = try HomeLock(home)
    services = try LoopServices(
      home, configuration, steps: (steps as? ChildSteps)?.holding(lock) ?? steps,
      log: LoopLog(words: words, say))
  }

  /// Ends the loop soon: steps are stopped, and what they had begun is begun again next time.
  public func stop() {
    isStopped.store(true, ordering: .releasing)
    wakeSignal.send()
    services.steps.stop()
  }

  /// Works until `stop` is called.
  ///
  /// - Parameter once: to return when nothing is left to do.
  /// - Throws: `PipelineError` for what cannot be begun at all; with `once`, for what was left.
  public func run(once: Bool) throws {
    let services = services
    let trainer = Trainer(services)
    let scorer = Scorer(services)
    let ingestor = Ingestor(services)
    try services.audit.reconcile()
    try services.directory.removeHalfMade()
    try services.directory.removePlain()
    try ingestor.recover()
    try trainer.recover()
    try scorer.noteLost()
    try services.audit.flush()
    let watcher = makeWatcher()
    defer { watcher?.stop() }
    let remote = try RemoteSide(parts, services, wakeSignal: wakeSignal, once: once)
    let scoring = WorkerLoop(name: "predictions", log: services.log) { [wakeSignal] in
      let outcome = try scorer.work()
      if case .worked = outcome {
        try services.audit.flush()
        remote.askPublishing()
        wakeSignal.send()
      }
      return outcome
    }
    let deliverer = Deliverer(services)
    let delivery = WorkerLoop(name: "delivery", log: services.log) {
      let outcome = try deliverer.work()
      if case .worked = outcome { try services.audit.flush() }
      return outcome
    }
    let training = WorkerLoop(name: "training", log: services.log) {
      let outcome = try trainer.work()
      if case .worked = outcome {
        try services.audit.flush()
        scoring.ask()
        delivery.ask()
      }
      return outcome
    }
    let workers = [training, scoring, delivery]
    for worker in workers { worker.start() }
    remote.start()
    defer {
      services.steps.stop()
      remote.stop()
      for worker in workers { worker.stop() }
    }
    services.log.say("watching \(services.directory.path)")
    try watch(
      ingestor, trainer, watcher: watcher, remote: remote, workers: workers, once: once)
  }

  /// What tells of changes; nil where the system has none to give, and scans have to do.
  private func makeWatcher() -> ChangeWatcher? {
    do { return try ChangeWatcher(wakeSignal: wakeSignal) } catch {
      services.log.problem(error, about: "watching")
      services.log.say(
        "folders are looked at every \(services.configuration.watching.scanEvery) seconds instead")
      return nil
    }
  }

  private func watch(
    _ ingestor: Ingestor, _ trainer: Trainer, watcher: ChangeWatcher?, remote: RemoteSide,
    workers: [WorkerLoop], once: Bool
  ) throws {
    let scan = InboxScan(
      inbox: services.directory.inbox, others: services.configuration.watching.localFolders,
      home: services.directory.path,
      patterns: services.configuration.watching.patterns, watcher: watcher)
    var tracker = StabilityTracker(settle: .seconds(services.configuration.watching.settle))
    var known: Set<Ledger.InputKey> = []
    for source in services.configuration.watching.localFolders {
      known.formUnion(try services.ledger.knownInputs(of: source))
    }
    // Commands of `mlcore models` and `mlcore quarantine` leave their traces here.
    watcher?.watch(services.registry.folder)
    watcher?.watch(services.directory.quarantine)
    var overflows = 0
    var skippedFiles = SkippedFiles(home: services.directory, patterns: scan.patterns)
    var nextCleaning = ContinuousClock.now
    var waiting = 0
    /// Does what is due whether or not files can be taken in: it may make room for them.
    func maintain() throws {
      if ContinuousClock.now >= nextCleaning {
        try clean()
        nextCleaning = .now + Self.cleaning
      }
      try LoopMetrics(
        home: services.directory, ledger: services.ledger, task: services.configuration.task
      ).write(waiting: waiting)
    }
    while !isStopped.load(ordering: .acquiring) {
      var wait = Duration.seconds(services.configuration.watching.scanEvery)
      do {
        let now = ContinuousClock.now
        try services.directory.checkInbox()
        try ingestor.sweep()
        let found = try scan.result { services.log.problem($1, about: $0) }
        skippedFiles.note(found, log: services.log)
        let sorted = tracker.sort(
          found.files.filter { !known.contains($0.key) }, now: now,
          wasRenamed: { watcher?.takeRenamed($0.path) ?? false })
        waiting = sorted.waiting + remote.waiting
        if !sorted.ready.isEmpty { trainer.setArriving(true) }
        try take(sorted.ready, ingestor, &tracker, &known, workers: workers)
        let hasFetched = try take(from: remote, ingestor, trainer, workers: workers)
        if !sorted.ready.isEmpty || hasFetched { continue }
        let isNews = trainer.setArriving(sorted.waiting > sorted.held || remote.isArriving)
        try services.audit.flush()
        overflows = try note(watcher?.overflows ?? 0, since: overflows)
        waiting = sorted.waiting + remote.waiting
        try maintain()
        wait = min(wait, sorted.next ?? wait)
        if sorted.held == 0 { services.log.resolved("ingest") }
        let all = workers + remote.workers
        // Workers first: one that is idle has handed over what it found.
        if once, !isNews, sorted.waiting == sorted.held, all.allSatisfy(\.isIdle),
          remote.waiting == 0
        {
          if let problem = sorted.problem { throw problem }
          if let failure = all.lazy.compactMap(\.failure).first { throw failure }
          return
        }
      } catch PipelineError.stopped {
        return
      } catch {
        // If that fails too, the first problem is the one to tell.
        try? maintain()
        if once { throw error }
        services.log.problem(error, about: "ingest")
        wait = min(wait, .seconds(1))
      }
      for worker in workers { worker.ask() }
      usleep(UInt32(Self.leastPause.components.attoseconds / 1_000_000_000_000))
      wakeSignal.wait(atMost: once ? min(wait, .milliseconds(20)) : wait)
    }
  }

  /// Counts overflows of the queue in the ledger.
  private func note(_ now: Int, since before: Int) throws -> Int {
    if now > before {
      services.log.say("inotify's queue overflowed; the folders were scanned instead")
      try services.ledger.transaction {
        try $0.count("watch_overflows", by: Double(now - before))
      }
    }
    return now
  }

  /// Removes what is old and not needed any more.
  private func clean() throws {
    let items = try Retention(
      home: services.directory, ledger: services.ledger, registry: services.registry,
      configuration: services.configuration
    ).apply(isDryRun: false)
    // Not of what a link leads to.
    if (try? services.directory.checkInbox()) != nil {
      Retention.removeEmptyFolders(
        below: services.directory.inbox, olderThan: 86_400, now: Timestamp.now())
    }
    try services.audit.flush()
    try services.audit.forgetOld()
    if items.isEmpty { return }
    services.log.say("removed \(items.count) old files, \(items.reduce(0) { $0 + $1.bytes }) bytes")
  }

  /// Takes in what has been fetched from other systems, and returns whether there was anything.
  private func take(
    from remote: RemoteSide, _ ingestor: Ingestor, _ trainer: Trainer, workers: [WorkerLoop]
  ) throws -> Bool {
    var isNew = false
    defer { if isNew { for worker in workers { worker.ask(isNew: true) } } }
    let hasTaken = try remote.hand { arrivals, source in
      trainer.setArriving(true)
      let left = try ingestor.take(arrivals, of: source)
      isNew = isNew || left.count < arrivals.count
      return left
    }
    if hasTaken { try services.audit.flush() }
    return hasTaken
  }

  private func take(
    _ ready: [FoundFile], _ ingestor: Ingestor, _ tracker: inout StabilityTracker,
    _ known: inout Set<Ledger.InputKey>, workers: [WorkerLoop]
  ) throws {
    var rest = ready[...]
    while !rest.isEmpty, !isStopped.load(ordering: .acquiring) {
      let batch = Array(rest.prefix(Self.batch))
      rest = rest.dropFirst(batch.count)
      // Files of the inbox are gone; those of other folders stay and are known from now on.
      known.formUnion(try ingestor.take(batch, tracker: &tracker).map(\.key))
      try services.audit.flush()
      for worker in workers { worker.ask(isNew: true) }
    }
  }
}

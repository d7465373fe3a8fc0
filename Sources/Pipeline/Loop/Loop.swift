// The loop: files come in on the thread that runs it, models are trained on a second one, files are
// predicted on a third, models are delivered on a fourth; each folder elsewhere has a thread too. They
// tell each other nothing but "look again"; what there is to do, each finds in the ledger.
internal import Glibc
internal import Synchronization

/// Watches a home until it is told to stop.
public final class Loop: Sendable {
  private let home: Home
  private let configuration: PipelineConfiguration
  private let steps: any PipelineSteps
  private let ledger: Ledger
  private let lock: HomeLock
  private let registry: Registry
  private let audit: AuditLog
  private let log: LoopLog
  private let key: EncryptionKey?
  private let parts: RemoteParts
  private let bell = Bell()
  private let isStopped = Atomic(false)

  /// Files that are taken in by one transaction.
  private static let batch = 256
  /// The time between two looks for what may be removed.
  private static let cleaning = Duration.seconds(86_400)
  /// The least time between two scans.
  private static let breath = Duration.milliseconds(2)

  /// Takes the lock of a home and opens its ledger.
  ///
  /// - Parameters:
  ///   - remote: what the settings name on other systems.
  ///   - say: told one line for each thing that happens.
  /// - Throws: `PipelineError`.
  public init(
    home: Home, configuration: PipelineConfiguration, steps: any PipelineSteps,
    remote: RemoteParts = RemoteParts(), say: @escaping @Sendable (String) -> Void
  ) throws {
    self.home = home
    self.configuration = configuration
    parts = remote
    try home.makeFolders()
    lock = try HomeLock(home)
    key = try home.key(file: configuration.encryptionKeyFile)
    let own = (steps as? ChildSteps)?.holding(lock) ?? steps
    self.steps = key.map { DecryptingSteps(own, home: home, key: $0) } ?? own
    log = LoopLog(say)
    ledger = try Ledger(path: home.ledger, isChecked: true)
    registry = Registry(home: home, ledger: ledger, task: configuration.task)
    audit = AuditLog(home: home, ledger: ledger, log: log)
  }

  /// Ends the loop soon: steps are stopped, and what they had begun is begun again next time.
  public func stop() {
    isStopped.store(true, ordering: .releasing)
    bell.ring()
    steps.stop()
  }

  /// Works until `stop` is called.
  ///
  /// - Parameter once: to return when nothing is left to do.
  /// - Throws: `PipelineError` for what cannot be begun at all; with `once`, for what was left.
  public func run(once: Bool) throws {
    let stored = StoredFiles(ObjectStore(folder: home.objects, key: key))
    let trainer = Trainer(
      home: home, ledger: ledger, steps: steps, registry: registry, store: stored,
      configuration: configuration, log: log)
    let scorer = Scorer(
      home: home, ledger: ledger, steps: steps, registry: registry, store: stored,
      configuration: configuration, log: log)
    let intake = Intake(
      home: home, ledger: ledger, steps: steps, registry: registry,
      patience: .seconds(configuration.watching.patience), key: key, log: log)
    try audit.reconcile()
    try home.removeHalfMade()
    try home.removePlain()
    try intake.recover()
    try trainer.recover()
    try audit.flush()
    let watcher = makeWatcher()
    defer { watcher?.stop() }
    let remote = try RemoteSide(
      parts, home: home, ledger: ledger, configuration: configuration, audit: audit, log: log,
      bell: bell, once: once)
    let scoring = Lane(name: "predictions", log: log) { [audit, bell] in
      let outcome = try scorer.work()
      if case .worked = outcome {
        try audit.flush()
        remote.askPublishing()
        bell.ring()
      }
      return outcome
    }
    let deliverer = Deliverer(
      ledger: ledger, steps: steps, registry: registry, place: configuration.delivery, log: log)
    let delivery = Lane(name: "delivery", log: log) { [audit] in
      let outcome = try deliverer.work()
      if case .worked = outcome { try audit.flush() }
      return outcome
    }
    let training = Lane(name: "training", log: log) { [audit] in
      let outcome = try trainer.work()
      if case .worked = outcome {
        try audit.flush()
        scoring.ask()
        delivery.ask()
      }
      return outcome
    }
    let lanes = [training, scoring, delivery]
    for lane in lanes { lane.start() }
    remote.start()
    defer {
      steps.stop()
      remote.stop()
      for lane in lanes { lane.stop() }
    }
    log.say("watching \(home.path)")
    try watch(
      intake, trainer, watcher: watcher, remote: remote, lanes: lanes, once: once)
  }

  /// What tells of changes; nil where the system has none to give, and scans have to do.
  private func makeWatcher() -> ChangeWatcher? {
    do { return try ChangeWatcher(bell: bell) } catch {
      log.problem(error, about: "watching")
      log.say("folders are looked at every \(configuration.watching.scanEvery) seconds instead")
      return nil
    }
  }

  private func watch(
    _ intake: Intake, _ trainer: Trainer, watcher: ChangeWatcher?, remote: RemoteSide,
    lanes: [Lane], once: Bool
  ) throws {
    let scan = InboxScan(
      inbox: home.inbox, others: configuration.watching.localFolders, home: home.path,
      patterns: NamePatterns(
        include: configuration.watching.include, exclude: configuration.watching.exclude),
      watcher: watcher)
    var settling = Settling(settle: .seconds(configuration.watching.settle))
    var known: Set<Ledger.InputKey> = []
    for source in configuration.watching.localFolders {
      known.formUnion(try ledger.knownInputs(of: source))
    }
    // Commands of `mlcore models` and `mlcore quarantine` leave their traces here.
    watcher?.watch(registry.folder)
    watcher?.watch(home.quarantine)
    var overflows = 0
    var oddities = Oddities(home: home, patterns: scan.patterns)
    var nextCleaning = ContinuousClock.now
    var waiting = 0
    /// Does what is due whether or not files can be taken in: it may make room for them.
    func keepHouse() throws {
      if ContinuousClock.now >= nextCleaning {
        try clean()
        nextCleaning = .now + Self.cleaning
      }
      try LoopMetrics(home: home, ledger: ledger, task: configuration.task).write(waiting: waiting)
    }
    while !isStopped.load(ordering: .acquiring) {
      var wait = Duration.seconds(configuration.watching.scanEvery)
      do {
        let now = ContinuousClock.now
        try home.checkInbox()
        try intake.sweep()
        let found = try scan.result { log.problem($1, about: $0) }
        oddities.note(found, log: log)
        let sorted = settling.sort(
          found.files.filter { !known.contains($0.key) }, now: now,
          wasRenamed: { watcher?.takeRenamed($0.path) ?? false })
        waiting = sorted.waiting + remote.waiting
        if !sorted.ready.isEmpty { trainer.setArriving(true) }
        try take(sorted.ready, intake, &settling, &known, lanes: lanes)
        let hasFetched = try take(from: remote, intake, trainer, lanes: lanes)
        if !sorted.ready.isEmpty || hasFetched { continue }
        let isNews = trainer.setArriving(sorted.waiting > sorted.held || remote.isArriving)
        try audit.flush()
        overflows = try note(watcher?.overflows ?? 0, since: overflows)
        waiting = sorted.waiting + remote.waiting
        try keepHouse()
        wait = min(wait, sorted.next ?? wait)
        if sorted.held == 0 { log.isWell("intake") }
        let all = lanes + remote.lanes
        // Lanes first: one that is idle has handed over what it found.
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
        try? keepHouse()
        if once { throw error }
        log.problem(error, about: "intake")
        wait = min(wait, .seconds(1))
      }
      for lane in lanes { lane.ask() }
      usleep(UInt32(Self.breath.components.attoseconds / 1_000_000_000_000))
      bell.wait(atMost: once ? min(wait, .milliseconds(20)) : wait)
    }
  }

  /// Counts overflows of the queue in the ledger.
  private func note(_ now: Int, since before: Int) throws -> Int {
    if now > before {
      log.say("inotify's queue overflowed; the folders were scanned instead")
      try ledger.count("watch_overflows", by: Double(now - before))
    }
    return now
  }

  /// Removes what is old and needed by nobody.
  private func clean() throws {
    let items = try Retention(
      home: home, ledger: ledger, registry: registry, configuration: configuration
    ).apply(isDryRun: false)
    // Not of what a link leads to.
    if (try? home.checkInbox()) != nil {
      Retention.removeEmptyFolders(below: home.inbox, olderThan: 86_400, now: Moment.now())
    }
    try audit.flush()
    try audit.forgetOld()
    if items.isEmpty { return }
    log.say("removed \(items.count) old files, \(items.reduce(0) { $0 + $1.bytes }) bytes")
  }

  /// Takes in what has been fetched from other systems, and returns whether there was anything.
  private func take(
    from remote: RemoteSide, _ intake: Intake, _ trainer: Trainer, lanes: [Lane]
  ) throws -> Bool {
    var isNew = false
    defer { if isNew { for lane in lanes { lane.ask(isNew: true) } } }
    let hasTaken = try remote.hand { arrivals, source in
      trainer.setArriving(true)
      let left = try intake.take(arrivals, of: source)
      isNew = isNew || left.count < arrivals.count
      return left
    }
    if hasTaken { try audit.flush() }
    return hasTaken
  }

  private func take(
    _ ready: [FoundFile], _ intake: Intake, _ settling: inout Settling,
    _ known: inout Set<Ledger.InputKey>, lanes: [Lane]
  ) throws {
    var rest = ready[...]
    while !rest.isEmpty, !isStopped.load(ordering: .acquiring) {
      let batch = Array(rest.prefix(Self.batch))
      rest = rest.dropFirst(batch.count)
      // Files of the inbox are gone; those of other folders stay and are known from now on.
      known.formUnion(try intake.take(batch, settling: &settling).map(\.key))
      try audit.flush()
      for lane in lanes { lane.ask(isNew: true) }
    }
  }
}

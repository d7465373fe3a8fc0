// Retrainings: one at a time, each on everything that is there, so that what arrives meanwhile waits
// for the next one and no file needs a training of its own.
internal import GRDB
internal import Glibc
internal import Storage
internal import Synchronization

/// Trains, judges and promotes.
final class Trainer: Sendable {
  private let home: Home
  private let ledger: Ledger
  private let steps: any PipelineSteps
  private let registry: Registry
  private let store: StoredFiles
  private let configuration: PipelineConfiguration
  private let log: LoopLog
  private let state = Mutex(State())

  private struct State {
    /// Whether files are on their way in.
    var isArriving = true
    /// When there was first something to train on.
    var pendingSince: ContinuousClock.Instant?
    var crashes: (upto: Int64, count: Int) = (0, 0)
    /// A run that something was in the way of, which goes on under its number.
    var halted: (id: Int64, upto: Int64, why: String)?
    /// Whether a run could not be ended, because the ledger refused.
    var hasLeftRun = false
    var lastStart: ContinuousClock.Instant?
    /// What the last run that ended for good was about.
    var ended: (id: Int64, upto: Int64, inputs: [String])?
  }

  /// A training whose process was ended this often is given up.
  private static let mostCrashes = 3

  init(
    home: Home, ledger: Ledger, steps: any PipelineSteps, registry: Registry, store: StoredFiles,
    configuration: PipelineConfiguration, log: LoopLog
  ) {
    self.home = home
    self.ledger = ledger
    self.steps = steps
    self.registry = registry
    self.store = store
    self.configuration = configuration
    self.log = log
  }

  /// Says whether files are on their way in; a training waits for them, though not for long.
  ///
  /// - Returns: whether that is news.
  @discardableResult
  func setArriving(_ isArriving: Bool) -> Bool {
    state.withLock { state in
      defer { state.isArriving = isArriving }
      return state.isArriving != isArriving
    }
  }

  /// Ends runs that a killed loop left behind.
  func recover() throws {
    try endAbandonedRuns()
    try registry.followAliases()
  }

  private func endAbandonedRuns() throws {
    for id in try ledger.endAbandonedRuns(at: Moment.now()) {
      Disk.remove(home.run(id))
    }
    state.withLock { $0.hasLeftRun = false }
  }

  /// Trains, if there is something to train on.
  func work() throws -> Lane.Outcome {
    if state.withLock(\.hasLeftRun) { try endAbandonedRuns() }
    // The ledger says whose an alias is, whatever became of the links.
    try registry.followAliases()
    guard let plan = try ledger.trainingPlan(window: configuration.training.windowRows)
    else {
      state.withLock { $0.pendingSince = nil }
      return .nothing
    }
    guard plan.newRows >= configuration.training.minRows else { return .nothing }
    // Whatever became of the ledger, the same work is not done again and again.
    let inputs = plan.files.map(\.sha256)
    if let ended = state.withLock(\.ended), ended.upto == plan.upto, ended.inputs == inputs {
      throw PipelineError.noProgress(work: "run \(ended.id)")
    }
    if let wait = timeToWait() { return .later(wait) }
    state.withLock { state in
      state.pendingSince = nil
      state.lastStart = .now
    }
    let halted = state.withLock { state in state.halted?.upto == plan.upto ? state.halted : nil }
    let id: Int64
    if let halted {
      id = halted.id
      try ledger.resumeRun(id)
    } else {
      id = try ledger.startRun(plan, at: Moment.now())
      log.say("run \(id): training on \(plan.files.count) files, \(plan.newFiles) of them new")
    }
    do {
      try run(id, plan)
      state.withLock { $0.halted = nil }
    } catch {
      try end(id, plan, after: error)
    }
    state.withLock { $0.ended = (id, plan.upto, inputs) }
    try registry.followAliases()
    return .worked
  }

  /// How long a training that could start has to wait; nil if it need not.
  private func timeToWait() -> Duration? {
    let now = ContinuousClock.now
    return state.withLock { state in
      let since = state.pendingSince ?? now
      state.pendingSince = since
      var wait = Duration.zero
      if state.isArriving { wait = .seconds(configuration.training.gather) - (now - since) }
      if let last = state.lastStart {
        wait = max(wait, .seconds(configuration.training.minInterval) - (now - last))
      }
      return wait > .zero ? wait : nil
    }
  }

  private func run(_ id: Int64, _ plan: TrainingPlan) throws {
    let started = ContinuousClock.now
    let folder = home.run(id)
    Disk.remove(folder)
    try store.check(plan.files)
    let candidate = "\(folder)/candidate"
    let work = "\(folder)/work"
    try Disk.makeFolder(candidate)
    try Disk.makeFolder(work)
    let champion = try registry.champion()
    let championFolder = try champion.map(registry.presentFolder)
    let continues = configuration.training.continues && champion != nil
    let studies = StudyPlaces(
      unfinished: home.study,
      last: try ledger.versions().last.map { registry.folder(of: $0.version) })
    guard
      case .trained(let trained) = try steps.answer(
        .train(
          files: plan.files.map {
            StepFile(path: "\(home.objects)/\($0.object)", name: $0.name, sha256: $0.sha256)
          }, candidate: candidate, work: work, champion: championFolder,
          continuing: continues, studies: studies), log: "\(folder)/log")
    else { throw PipelineError.stepEnded(step: "train", how: "gave another answer") }
    let trainedAt = ContinuousClock.now
    var seconds = ["train": (trainedAt - started) / .seconds(1)]
    if trained.version == champion {
      return try finish(id, plan, .unchanged, trained, "the model is that of the champion", seconds)
    }
    let comparisons = try champion.map(ledger.comparisons) ?? 0
    guard
      case .judged(let verdict) = try steps.answer(
        .judge(
          candidate: candidate, work: work, champion: championFolder, comparisons: comparisons),
        log: "\(folder)/log")
    else { throw PipelineError.stepEnded(step: "judge", how: "gave another answer") }
    seconds["judge"] = (ContinuousClock.now - trainedAt) / .seconds(1)
    try writeLineage(of: trained, parent: champion, plan, to: candidate)
    try Disk.flush(candidate)
    try registry.publish(candidate, as: trained.version)
    let record = VersionRecord(
      sequence: 0, version: trained.version, run: id, parent: champion,
      base: continues ? champion : nil, passes: verdict.passes,
      objections: verdict.objections,
      metrics: trained.metrics.merging(verdict.metrics) { $1 }, rows: trained.rows, at: 0)
    let isPromoted = verdict.passes && configuration.mode == .auto
    let time = Moment.now()
    seconds["total"] = (ContinuousClock.now - started) / .seconds(1)
    let state: RunState = isPromoted ? .promoted : verdict.passes ? .waiting : .rejected
    let message = verdict.objections.joined(separator: "; ")
    try ledger.write { database in
      try Ledger.add(record, lineage: plan.files.map(\.sha256), at: time, in: database)
      if isPromoted {
        try Ledger.promote(
          trained.version, because: "passed the gate", at: time, in: database)
      } else {
        try Ledger.give(.challenger, to: trained.version, at: time, in: database)
      }
      try Ledger.endRun(
        id, state, version: trained.version, message: message, seconds: seconds, at: time,
        in: database)
    }
    Disk.remove(work)
    Disk.remove(candidate)
    switch state {
    case .promoted: log.say("run \(id): promoted \(trained.version), \(Self.text(seconds))")
    case .waiting:
      log.say("run \(id): \(trained.version) passed; 'mlcore models promote' puts it into service")
    default: log.say("run \(id): rejected \(trained.version): \(message)")
    }
  }

  private func finish(
    _ id: Int64, _ plan: TrainingPlan, _ state: RunState, _ trained: TrainedCandidate,
    _ message: String, _ seconds: [String: Double]
  ) throws {
    try ledger.write { database in
      try Ledger.endRun(
        id, state, version: trained.version, message: message, seconds: seconds,
        at: Moment.now(), in: database)
    }
    Disk.remove("\(home.run(id))/work")
    Disk.remove("\(home.run(id))/candidate")
    log.say("run \(id): \(message)")
  }

  /// Ends a run that failed: for good, or to be tried again.
  private func end(_ id: Int64, _ plan: TrainingPlan, after error: any Error) throws {
    Disk.remove("\(home.run(id))/work")
    Disk.remove("\(home.run(id))/candidate")
    let failure = error as? PipelineError ?? .stepEnded(step: "train", how: "\(error)")
    state.withLock { $0.hasLeftRun = true }
    var isFinal = !failure.isPassing && failure != .stopped
    if case .stepEnded = failure {
      let count = state.withLock { state in
        state.crashes = (plan.upto, state.crashes.upto == plan.upto ? state.crashes.count + 1 : 1)
        return state.crashes.count
      }
      isFinal = count >= Self.mostCrashes
    }
    let why = failure.description
    if !isFinal, state.withLock({ $0.halted?.id == id && $0.halted?.why == why }) {
      // What goes on being in the way is not told each time.
      try ledger.haltRun(id)
    } else {
      // A ledger that refuses takes no note of it; the next look will.
      try ledger.write { database in
        try Ledger.endRun(
          id, isFinal ? .failed : .interrupted, version: nil, message: why, seconds: [:],
          at: Moment.now(), in: database)
      }
    }
    state.withLock { state in
      state.hasLeftRun = false
      state.halted = isFinal ? nil : (id, plan.upto, why)
    }
    guard isFinal else { throw failure }
    log.say("run \(id): failed: \(failure.description); \(failure.advice)")
  }

  /// Writes which files a model has learnt from.
  private func writeLineage(
    of trained: TrainedCandidate, parent: String?, _ plan: TrainingPlan, to folder: String
  ) throws {
    struct Lineage: Encodable {
      struct File: Encodable {
        var name: String
        var sha256: String
      }
      var version: String
      var parent: String?
      var files: [File]
    }
    let lineage = Lineage(
      version: trained.version, parent: parent,
      files: plan.files.map { Lineage.File(name: $0.name, sha256: $0.sha256) })
    try Disk.replace("\(folder)/lineage.json", with: Ledger.text(lineage) + "\n")
  }

  private static func text(_ seconds: [String: Double]) -> String {
    let milliseconds = Int(((seconds["total"] ?? 0) * 1_000).rounded())
    return "\(milliseconds) ms"
  }
}

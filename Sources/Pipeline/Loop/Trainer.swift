// Retrainings: one at a time, each on everything that is there, so that what arrives meanwhile waits
// for the next one and no file needs a training of its own.
internal import Glibc
internal import LoopContract
internal import Storage
internal import Synchronization

/// Trains, judges and promotes.
final class Trainer: Sendable {
  private let services: LoopServices
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
  /// The objections to a model that are told in one line.
  private static let mostObjections = 5

  init(_ services: LoopServices) { self.services = services }

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
    try services.registry.followAliases()
  }

  private func endAbandonedRuns() throws {
    let ids = try services.ledger.runningRuns()
    // The folders first: after a crash in between the ledger still names the runs.
    for id in ids { Disk.remove(services.directory.run(id)) }
    if !ids.isEmpty { try services.ledger.endAbandonedRuns(ids) }
    state.withLock { $0.hasLeftRun = false }
  }

  /// Trains, if there is something to train on.
  func work() throws -> WorkerLoop.Outcome {
    if state.withLock(\.hasLeftRun) { try endAbandonedRuns() }
    // The ledger says whose an alias is, whatever became of the links.
    try services.registry.followAliases()
    guard
      let plan = try services.ledger.trainingPlan(
        window: services.configuration.training.windowRows)
    else {
      state.withLock { $0.pendingSince = nil }
      return .nothing
    }
    guard plan.newRows >= services.configuration.training.minRows else { return .nothing }
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
      try services.ledger.setRun(id, .running)
    } else {
      id = try services.ledger.startRun(plan)
      services.log.say(
        "run \(id): training on \(plan.files.count) files, \(plan.newFiles) of them new")
    }
    do {
      try run(id, plan)
      state.withLock { $0.halted = nil }
    } catch {
      try end(id, plan, after: error)
    }
    state.withLock { $0.ended = (id, plan.upto, inputs) }
    try services.registry.followAliases()
    return .worked
  }

  /// How long a training that could start has to wait; nil if it need not.
  private func timeToWait() -> Duration? {
    let now = ContinuousClock.now
    return state.withLock { state in
      let since = state.pendingSince ?? now
      state.pendingSince = since
      var wait = Duration.zero
      if state.isArriving {
        wait = .seconds(services.configuration.training.gather) - (now - since)
      }
      if let last = state.lastStart {
        wait = max(wait, .seconds(services.configuration.training.minInterval) - (now - last))
      }
      return wait > .zero ? wait : nil
    }
  }

  private func run(_ id: Int64, _ plan: TrainingPlan) throws {
    let started = ContinuousClock.now
    let folder = services.directory.run(id)
    Disk.remove(folder)
    try services.storedFiles.check(plan.files)
    let candidate = "\(folder)/candidate"
    let work = "\(folder)/work"
    try Disk.makeFolder(candidate)
    try Disk.makeFolder(work)
    let champion = try services.registry.champion()
    let request = TrainingRequest(
      files: plan.files.map { services.store.stepFile($0) }, candidate: candidate, work: work,
      champion: try champion.map { try services.registry.presentFolder(of: $0, isInService: true) },
      newest: try services.ledger.versions().last.map { services.registry.folder(of: $0.version) },
      unfinished: services.directory.unfinished)
    let trained = try services.steps.train(request, log: "\(folder)/log")
    let trainedAt = ContinuousClock.now
    var seconds = ["train": (trainedAt - started) / .seconds(1)]
    if trained.version == champion {
      return try endUnchanged(id, trained, seconds)
    }
    let comparisons = try champion.map(services.ledger.comparisons) ?? 0
    let verdict = try services.steps.judge(request, comparisons: comparisons, log: "\(folder)/log")
    seconds["judge"] = (.now - trainedAt) / .seconds(1)
    try writeLineage(of: trained, parent: champion, plan, to: candidate)
    try Disk.flush(candidate)
    try services.registry.publish(candidate, as: trained.version)
    let record = VersionRecord(
      sequence: 0, version: trained.version, run: id, parent: champion,
      base: trained.continuesChampion ? champion : nil, passes: verdict.passes,
      objections: verdict.objections,
      metrics: trained.metrics.merging(verdict.metrics) { $1 }
        .filter { LedgerTable.metricValues.contains($0.value) },
      rows: trained.rows, at: 0)
    seconds["total"] = (.now - started) / .seconds(1)
    let state: RunState =
      !verdict.passes ? .rejected : services.configuration.mode == .auto ? .promoted : .waiting
    let message = Self.line(of: verdict.objections)
    try services.ledger.endRun(
      state, record, lineage: plan.files.map(\.sha256), message: message, seconds: seconds)
    removeParts(of: id)
    switch state {
    case .promoted:
      let milliseconds = Int(((seconds["total"] ?? 0) * 1_000).rounded())
      services.log.say("run \(id): promoted \(trained.version), \(milliseconds) ms")
    case .waiting:
      services.log.say(
        "run \(id): \(trained.version) passed; 'mlcore models promote' puts it into service")
    default: services.log.say("run \(id): rejected \(trained.version): \(message)")
    }
  }

  /// The first objections in one line; gate.json has all of them.
  static func line(of objections: [String]) -> String {
    let more = objections.count - mostObjections
    return objections.prefix(mostObjections).joined(separator: "; ")
      + (more > 0 ? "; and \(more) more in gate.json" : "")
  }

  private func endUnchanged(
    _ id: Int64, _ trained: TrainedCandidate, _ seconds: [String: Double]
  ) throws {
    let message = "the model is that of the champion"
    try services.ledger.transaction {
      try $0.endRun(
        id, .unchanged, version: trained.version, message: message, seconds: seconds)
    }
    removeParts(of: id)
    services.log.say("run \(id): \(message)")
  }

  /// Ends a run that failed: for good, or to be tried again.
  private func end(_ id: Int64, _ plan: TrainingPlan, after error: any Error) throws {
    removeParts(of: id)
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
      try services.ledger.setRun(id, .interrupted)
    } else {
      // A ledger that refuses takes no note of it; the next look will.
      try services.ledger.transaction {
        try $0.endRun(id, isFinal ? .failed : .interrupted, message: why)
      }
    }
    state.withLock { state in
      state.hasLeftRun = false
      state.halted = isFinal ? nil : (id, plan.upto, why)
    }
    guard isFinal else { throw failure }
    services.log.say("run \(id): failed: \(services.log.text(failure))")
  }

  /// Removes what only a run that goes on needs.
  private func removeParts(of id: Int64) {
    for part in ["work", "candidate"] { Disk.remove("\(services.directory.run(id))/\(part)") }
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
}

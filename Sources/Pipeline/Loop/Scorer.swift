// Predictions: the newest version of every unlabelled file, by the model in service. What is missing
// is found in the ledger, so a promotion scores all files again, and a new file is scored alone.
internal import Glibc
internal import LoopContract
internal import PipelineSecurity
internal import Storage
internal import Synchronization

/// Predicts what has not been predicted.
final class Scorer: Sendable {
  private let services: LoopServices
  /// What was predicted last, as long as there is more.
  private let last = Mutex<[ScoringJob]>([])

  /// Files that one process predicts.
  private static let batch = 256

  init(_ services: LoopServices) { self.services = services }

  /// Predicts some files, if there are any.
  ///
  /// - Throws: `PipelineError.lostObject` for a file that is gone, when all others are predicted.
  func work() throws -> WorkerLoop.Outcome {
    var lost: PipelineError?
    let champion = try services.registry.champion()
    for version in try models() {
      // Also where it has nothing to predict: others use it by its place.
      let model = try services.registry.presentFolder(
        of: version, isInService: version == champion)
      let found = try presentJobs(for: version)
      lost = lost ?? found.lost
      if found.jobs.isEmpty { continue }
      // Whatever became of the ledger, the same work is not done again and again.
      guard last.withLock({ $0 != found.jobs }) else {
        throw PipelineError.noProgress(work: "the prediction of \(found.jobs[0].name)")
      }
      try predict(found.jobs, by: version, in: model)
      last.withLock { $0 = found.jobs }
      return .worked
    }
    if let lost { throw lost }
    last.withLock { $0 = [] }
    return .nothing
  }

  /// The models that predict, the one in service first.
  private func models() throws -> [String] {
    let owners = try services.ledger.aliases()
    return [
      owners[.champion], services.configuration.mode == .shadow ? owners[.challenger] : nil,
    ].compactMap(\.self)
  }

  /// Says which predictions are gone that no newer ones have replaced.
  func noteLost() throws {
    for version in try models() {
      let lost = try services.ledger.outputs(neededBy: [version])
        .filter { !Disk.exists("\(services.directory.predictions)/\($0)") }
      guard let first = lost.min() else { continue }
      services.log.say(
        "gone from predictions by \(version): \(first)"
          + (lost.count > 1 ? ", and \(lost.count - 1) more" : "")
          + "; restore it from a copy, or run 'mlcore predict' with this model")
    }
  }

  /// Some files that a model has not predicted and whose bytes are there, and what is wrong with the
  /// first one before them whose bytes are not.
  private func presentJobs(
    for version: String
  ) throws -> (jobs: [ScoringJob], lost: PipelineError?) {
    let since = Timestamp.now() - 86_400 * services.configuration.predictionDays
    var limit = Self.batch
    while true {
      let found = try services.ledger.scoringJobs(for: version, since: since, limit: limit)
      var jobs: [ScoringJob] = []
      var lost: PipelineError?
      // The same file in two folders has one output.
      var seen: Set<[String]> = []
      for job in found where jobs.count < Self.batch {
        guard seen.insert([job.name, job.sha256]).inserted else { continue }
        do {
          try services.storedFiles.check([job])
          jobs.append(job)
        } catch let error as PipelineError where error.isOfOneFile {
          lost = lost ?? error
        }
      }
      // Any number of lost ones does not hide what comes after them.
      if !jobs.isEmpty || found.count < limit { return (jobs, lost) }
      limit *= 2
    }
  }

  private func predict(_ jobs: [ScoringJob], by version: String, in model: String) throws {
    let outputs = jobs.map(output)
    for output in outputs {
      try Disk.makeFolder(Disk.parent(of: "\(services.directory.predictions)/\(output)"))
    }
    let results = try StepAttempts.answers(to: Array(zip(jobs, outputs))) { pairs in
      try services.steps.predict(
        pairs.map { services.store.stepFile($0.0) }, model: model,
        outputs: pairs.map { "\(services.directory.predictions)/\($0.1)" })
    } blame: {
      PredictedFile(rows: 0, problem: "the process that was to predict it \($0)")
    }
    try services.ledger.transaction { transaction in
      for ((job, output), result) in zip(zip(jobs, outputs), results) {
        try transaction.add(job, output: result.problem == nil ? output : nil, result)
      }
    }
    for (job, result) in zip(jobs, results) {
      if let problem = result.problem {
        services.log.say("not predicted \(job.name): \(problem)")
      } else {
        services.log.say("predicted \(job.name): \(result.rows) rows by \(version)")
      }
    }
  }

  /// The name of an output below the folder of predictions: by input and model.
  private func output(_ job: ScoringJob) -> String {
    let own = Disk.name(of: job.name)
    let stem = own.lastIndex(of: ".").map { own[..<$0] } ?? own[...]
    // Where the path would get too long, the content in the name has to do.
    let folder = job.name.utf8.count > 2_048 ? "" : job.name.dropLast(own.count)
    let name =
      "\(Disk.beginning(of: stem, bytes: 120)).\(job.sha256.prefix(12)).\(job.version).\(services.configuration.predictionFormat)"
    let isEncrypted = !services.configuration.encryptionKeyFile.isEmpty
    return "\(folder)\(name)\(isEncrypted ? EncryptedFile.ending : "")"
  }
}

extension PipelineError {
  /// Whether it is about the bytes of one file, and others may be read all the same.
  fileprivate var isOfOneFile: Bool {
    switch self {
    case .lostObject, .system: true
    default: false
    }
  }
}

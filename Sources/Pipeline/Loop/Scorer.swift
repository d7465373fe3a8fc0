// Predictions: the newest version of every unlabelled file, by the model in service. What is missing
// is found in the ledger, so a promotion scores all files again, and a new file is scored alone.
internal import GRDB
internal import Glibc

/// Predicts what has not been predicted.
final class Scorer: Sendable {
  private let home: Home
  private let ledger: Ledger
  private let steps: any PipelineSteps
  private let registry: Registry
  private let configuration: PipelineConfiguration
  private let log: LoopLog

  /// Files that one process predicts.
  private static let batch = 256

  init(
    home: Home, ledger: Ledger, steps: any PipelineSteps, registry: Registry,
    configuration: PipelineConfiguration, log: LoopLog
  ) {
    self.home = home
    self.ledger = ledger
    self.steps = steps
    self.registry = registry
    self.configuration = configuration
    self.log = log
  }

  /// Predicts some files, if there are any.
  func work() throws -> Lane.Outcome {
    let owners = try ledger.aliases()
    let models = [owners[.champion], configuration.mode == .shadow ? owners[.challenger] : nil]
    for version in models.compactMap(\.self) {
      let jobs = try ledger.scoringJobs(for: version, limit: Self.batch)
      if jobs.isEmpty { continue }
      try predict(jobs, by: version)
      return .worked
    }
    return .nothing
  }

  private func predict(_ jobs: [ScoringJob], by version: String) throws {
    let outputs = jobs.map(output)
    for output in outputs { try Disk.makeFolder(Disk.parent(of: "\(home.predictions)/\(output)")) }
    let results = try answers(jobs, outputs: outputs, by: version)
    let time = Moment.now()
    try ledger.write { database in
      for ((job, output), result) in zip(zip(jobs, outputs), results) {
        try Ledger.add(
          job, output: result.problem == nil ? output : nil, result, at: time, in: database)
      }
    }
    for (job, result) in zip(jobs, results) {
      if let problem = result.problem {
        log.say("not predicted \(job.name): \(problem)")
      } else {
        log.say("predicted \(job.name): \(result.rows) rows by \(version)")
      }
    }
  }

  /// Asks for predictions; a file that ends the process of the step is asked about alone.
  private func answers(
    _ jobs: [ScoringJob], outputs: [String], by version: String
  ) throws -> [PredictedFile] {
    do {
      let request = StepRequest.predict(
        model: registry.folder(of: version),
        files: jobs.map {
          StepFile(path: "\(home.objects)/\($0.object)", name: $0.name, sha256: $0.sha256)
        }, outputs: outputs.map { "\(home.predictions)/\($0)" })
      guard case .predicted(let results) = try steps.answer(request, log: nil),
        results.count == jobs.count
      else { throw PipelineError.stepEnded(step: "predict", how: "gave another answer") }
      return results
    } catch PipelineError.stepEnded(_, let how) {
      guard jobs.count > 1 else {
        return [PredictedFile(rows: 0, problem: "the process that was to predict it \(how)")]
      }
      return try zip(jobs, outputs).map { try answers([$0], outputs: [$1], by: version)[0] }
    }
  }

  /// The name of an output below the folder of predictions: by input and model.
  private func output(_ job: ScoringJob) -> String {
    let own = Disk.name(of: job.name)
    let stem = own.lastIndex(of: ".").map { own[..<$0] } ?? own[...]
    let folder = job.name.dropLast(own.count)
    let name =
      "\(stem.prefix(120)).\(job.sha256.prefix(12)).\(job.version).\(configuration.predictionFormat)"
    let isEncrypted = !configuration.encryptionKeyFile.isEmpty
    return "\(folder)\(name)\(isEncrypted ? EncryptedFile.ending : "")"
  }
}

// Answers the loop's questions with the steps of its task.
import Pipeline
import Tasks

/// The steps of a loop, in this process.
struct TaskSteps {
  let loop: any TaskLoop

  /// Answers a question; what is the data's or the system's fault becomes an answer too.
  ///
  /// - Throws: errors that nobody has words for: mistakes in the program.
  func answer(_ request: StepRequest) throws -> StepAnswer {
    do {
      return try answered(request)
    } catch {
      guard let complaint = Complaint(error), complaint.code != .internalError else { throw error }
      let kind: StepFailure.Kind =
        switch complaint.code {
        case .file, .locked: .system
        case .remote: .remote
        case .corrupt: .damage
        default: .data
        }
      return .failed(
        StepFailure(kind: kind, facts: complaint.facts, advice: complaint.advice))
    }
  }

  private func answered(_ request: StepRequest) throws -> StepAnswer {
    switch request {
    case .examine(let files, let champion, let first):
      return .examined(
        try loop.examine(
          files.map(Self.file), champion: champion, first: first.map(Self.file)
        ).map { Examination($0) })
    case .train(
      let files, let candidate, let work, let champion, let continuing, let studies):
      let training = try loop.train(
        files.map(Self.file), candidate: candidate, work: work, champion: champion,
        continuing: continuing,
        studies: LoopStudies(unfinished: studies.unfinished, last: studies.last))
      return .trained(
        TrainedCandidate(
          version: training.version, rows: training.rows, metrics: training.metrics))
    case .judge(let candidate, let work, let champion, let comparisons):
      let verdict = try loop.judge(
        candidate, work: work, champion: champion, comparisons: comparisons)
      return .judged(
        Verdict(passes: verdict.passes, objections: verdict.objections, metrics: verdict.metrics))
    case .predict(let model, let files, let outputs):
      return .predicted(
        try zip(files, outputs).map { file, output in
          let result = try loop.predict(Self.file(file), model: model, output: output)
          return PredictedFile(rows: result.rows, problem: result.problem)
        })
    case .deliver(let model):
      guard let loop = loop as? any DeliveringLoop else {
        preconditionFailure("models of this task are not delivered")
      }
      try loop.deliver(model)
      return .delivered
    }
  }

  private static func file(_ file: StepFile) -> LoopFile {
    LoopFile(
      path: file.path, name: file.name, sha256: file.sha256, isReleased: file.isReleased ?? false)
  }
}

extension Examination {
  fileprivate init(_ result: LoopExamination) {
    func findings(_ list: [LoopExamination.Finding]) -> [Finding] {
      list.map { Finding(code: $0.code, column: $0.column, message: $0.message) }
    }
    self.init(
      role: result.isLabelled.map { $0 ? .labelled : .unlabelled } ?? .refused,
      isBackground: result.isBackground, rows: result.rows, problems: findings(result.problems),
      warnings: findings(result.warnings),
      drift: result.drift)
  }
}

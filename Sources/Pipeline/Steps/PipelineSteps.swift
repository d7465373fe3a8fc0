// What the loop asks of those who know the task, each question with its own kind of answer.
public import LoopContract

/// The steps of a task.
public protocol PipelineSteps: Sendable {
  /// Answers a question.
  ///
  /// - Parameter log: a file for what the step says meanwhile; nil where there is none.
  /// - Throws: `PipelineError.step`, `.stepEnded`, `.stopped`.
  func answer(_ request: StepRequest, log: String?) throws -> StepAnswer
  /// Makes steps that are going on, and all to come, end soon.
  func stop()
}

extension PipelineSteps {
  func examine(
    _ files: [StepFile], champion: String?, first: StepFile?
  ) throws -> [Examination] {
    let request = StepRequest.examine(files: files, champion: champion, first: first)
    guard case .examined(let found) = try answer(request, log: nil), found.count == files.count
    else { throw PipelineError.otherAnswer(to: request) }
    return found
  }

  func train(_ training: TrainingRequest, log: String) throws -> TrainedCandidate {
    let request = StepRequest.train(training)
    guard case .trained(let trained) = try answer(request, log: log) else {
      throw PipelineError.otherAnswer(to: request)
    }
    return trained
  }

  func judge(
    _ training: TrainingRequest, comparisons: Int, log: String
  ) throws -> Verdict {
    let request = StepRequest.judge(
      candidate: training.candidate, work: training.work, champion: training.champion,
      comparisons: comparisons)
    guard case .judged(let verdict) = try answer(request, log: log) else {
      throw PipelineError.otherAnswer(to: request)
    }
    return verdict
  }

  func predict(
    _ files: [StepFile], model: String, outputs: [String]
  ) throws -> [PredictedFile] {
    let request = StepRequest.predict(model: model, files: files, outputs: outputs)
    guard case .predicted(let results) = try answer(request, log: nil),
      results.count == files.count
    else { throw PipelineError.otherAnswer(to: request) }
    return results
  }

  func deliver(_ model: String) throws {
    let request = StepRequest.deliver(model: model)
    guard case .delivered = try answer(request, log: nil) else {
      throw PipelineError.otherAnswer(to: request)
    }
  }
}

extension StepRequest {
  /// The name of the step.
  var name: String {
    switch self {
    case .examine: "examine"
    case .train: "train"
    case .judge: "judge"
    case .predict: "predict"
    case .deliver: "deliver"
    }
  }
}

extension PipelineError {
  fileprivate static func otherAnswer(to request: StepRequest) -> PipelineError {
    .stepEnded(step: request.name, how: "gave another answer")
  }
}

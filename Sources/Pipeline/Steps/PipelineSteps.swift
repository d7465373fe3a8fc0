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
    try ask(.examine(files: files, champion: champion, first: first)) { answer in
      guard case .examined(let found) = answer, found.count == files.count else { return nil }
      return found
    }
  }

  func train(_ training: TrainingRequest, log: String) throws -> TrainedCandidate {
    try ask(.train(training), log: log) { answer in
      if case .trained(let trained) = answer { trained } else { nil }
    }
  }

  func judge(_ training: TrainingRequest, comparisons: Int, log: String) throws -> Verdict {
    let request = StepRequest.judge(
      candidate: training.candidate, work: training.work, champion: training.champion,
      comparisons: comparisons)
    return try ask(request, log: log) { answer in
      if case .judged(let verdict) = answer { verdict } else { nil }
    }
  }

  func predict(
    _ files: [StepFile], model: String, outputs: [String]
  ) throws -> [PredictedFile] {
    try ask(.predict(model: model, files: files, outputs: outputs)) { answer in
      guard case .predicted(let results) = answer, results.count == files.count else { return nil }
      return results
    }
  }

  func deliver(_ model: String) throws {
    try ask(.deliver(model: model)) { answer in
      if case .delivered = answer { () } else { nil }
    }
  }

  /// The answer to a question, as far as it is one of the kind that is `wanted`.
  private func ask<Answer>(
    _ request: StepRequest, log: String? = nil, wanted: (StepAnswer) -> Answer?
  ) throws -> Answer {
    guard let answer = wanted(try answer(request, log: log)) else {
      throw PipelineError.stepEnded(step: request.name, how: "gave another answer")
    }
    return answer
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

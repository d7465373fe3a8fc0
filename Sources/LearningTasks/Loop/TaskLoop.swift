// What a task has to know to be kept fresh by a loop: a few steps. Each is a function of files: it may
// run in any process, and running it again gives the same.
package import LoopContract
import Storage

/// The steps of a loop over the data of one task.
package protocol TaskLoop: Sendable {
  /// Looks at files.
  ///
  /// - Parameters:
  ///   - champion: the folder of the version in service; nil before the first.
  ///   - first: the labelled file that came first, which tells what is expected while there is no
  ///     champion; nil where there is none.
  /// - Throws: errors that are not the files': of the champion, of the disk.
  func examine(_ files: [StepFile], champion: String?, first: StepFile?) throws -> [Examination]

  /// Trains a model into the folder `run` of the candidate.
  ///
  /// - Throws: the errors of every room below.
  func train(_ request: TrainingRequest) throws -> TrainedCandidate

  /// Judges a candidate, and writes gate.json into its folder.
  ///
  /// - Parameters:
  ///   - work: the folder of the tables of its training.
  ///   - champion: the folder of the version in service; nil before the first.
  ///   - comparisons: how often the champion was compared before.
  /// - Throws: the errors of every room below.
  func judge(
    _ candidate: String, work: String, champion: String?, comparisons: Int
  ) throws -> Verdict

  /// Predicts a file.
  ///
  /// - Parameter model: the folder of a version.
  /// - Throws: errors that are not the file's: of the model, of the disk.
  func predict(_ file: StepFile, model: String, output: String) throws -> PredictedFile

  /// Brings a model to the place where others use it; doing it again changes nothing.
  ///
  /// - Parameter model: the folder of a version.
  /// - Throws: the errors of every room below.
  func deliver(_ model: String) throws
}

extension TaskLoop {
  /// Answers a question of the loop.
  ///
  /// - Throws: the errors of the step.
  package func answer(_ request: StepRequest) throws -> StepAnswer {
    switch request {
    case .examine(let files, let champion, let first):
      return .examined(try examine(files, champion: champion, first: first))
    case .train(let request): return .trained(try train(request))
    case .judge(let candidate, let work, let champion, let comparisons):
      return .judged(
        try judge(candidate, work: work, champion: champion, comparisons: comparisons))
    case .predict(let model, let files, let outputs):
      return .predicted(
        try zip(files, outputs).map { try predict($0, model: model, output: $1) })
    case .deliver(let model):
      try deliver(model)
      return .delivered
    }
  }

  package func deliver(_ model: String) throws {
    preconditionFailure("models of this task are not delivered")
  }
}

/// Names of what a version's folder and the work folder of a training hold.
package enum LoopFolder {
  /// The folder of the trained model in that of a candidate or a version.
  package static let run = "run"
  /// The verdict in the folder of a candidate or a version.
  package static let gate = "gate.json"
  /// The profile of the training data in the folder of a candidate or a version.
  package static let reference = "reference.json"

  /// Writes a document, whole.
  package static func write(_ document: some Encodable, to path: String) throws {
    try AtomicFile.write(Array(try JSONDocument.text(of: document).utf8), to: path)
  }
}

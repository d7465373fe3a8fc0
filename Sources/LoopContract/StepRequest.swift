// The questions that a loop asks the steps of its task, and the answers. All of it is Codable, because
// steps run in processes of their own.

/// The version of the contract: a process of steps answers only the loop that speaks the same one.
public enum ContractVersion {
  /// It changes whenever a question or an answer does.
  public static let current = 1
}

/// A stored file that a step is to read.
public struct StepFile: Codable, Sendable, Equatable {
  /// Where its bytes are.
  public var path: String
  /// The name under which it was dropped.
  public var name: String
  /// The SHA-256 of its content in hexadecimal, in a home that is encrypted with the key.
  public var sha256: String
  /// What files are put in order by, where that is not `sha256`: the same with or without a key.
  public var order: String?
  /// Whether a person has said that the file is right: it is refused only if it cannot be used.
  public var isReleased: Bool?

  /// Names a file.
  public init(path: String, name: String, sha256: String, order: String? = nil) {
    self.path = path
    self.name = name
    self.sha256 = sha256
    self.order = order
  }
}

/// A training, as far as the loop knows it; the task decides what it does with its places.
public struct TrainingRequest: Codable, Sendable, Equatable {
  /// The labelled files, the oldest first.
  public var files: [StepFile]
  /// The folder to fill.
  public var candidate: String
  /// A folder for tables that only this training and its judgement need.
  public var work: String
  /// The folder of the model in service; nil before the first.
  public var champion: String?
  /// The folder of the newest model, in service or not; nil before the first.
  public var newest: String?
  /// A folder that outlives a killed training: the next one may go on with what it finds there.
  public var unfinished: String

  /// Describes a training.
  public init(
    files: [StepFile], candidate: String, work: String, champion: String? = nil,
    newest: String? = nil, unfinished: String
  ) {
    self.files = files
    self.candidate = candidate
    self.work = work
    self.champion = champion
    self.newest = newest
    self.unfinished = unfinished
  }
}

/// A question to the steps of a task.
public enum StepRequest: Codable, Sendable, Equatable {
  /// What are these files? The champion's folder, where there is one, says what is expected, and
  /// before that the labelled file that came first.
  case examine(files: [StepFile], champion: String?, first: StepFile?)
  /// Train a model.
  case train(TrainingRequest)
  /// Is the challenger good enough to take the champion's place? `work` is that of its training.
  ///
  /// `comparisons` counts how often the champion was compared before.
  case judge(candidate: String, work: String, champion: String?, comparisons: Int)
  /// Predict these files; the outputs are in the same order.
  case predict(model: String, files: [StepFile], outputs: [String])
  /// Bring a model to the place where others use it; doing it again changes nothing.
  case deliver(model: String)
}

/// What a step answers.
public enum StepAnswer: Codable, Sendable, Equatable {
  /// One finding per file, in their order.
  case examined([Examination])
  /// A candidate was trained.
  case trained(TrainedCandidate)
  /// A verdict.
  case judged(Verdict)
  /// One entry per file, in their order.
  case predicted([PredictedFile])
  /// The place has the model.
  case delivered
  /// It could not be done.
  case failed(StepFailure)
}

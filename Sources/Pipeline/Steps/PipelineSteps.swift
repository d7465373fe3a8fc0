// What the loop asks of those who know the task: the questions, the answers, and nothing of what is
// inside them. All of it is Codable, because real steps run in processes of their own.

/// A stored file that a step is to read.
public struct StepFile: Codable, Sendable, Equatable {
  /// Where its bytes are.
  public var path: String
  /// The name under which it was dropped.
  public var name: String
  /// The SHA-256 of its content in hexadecimal.
  public var sha256: String
  /// Whether somebody has said that the file is right: it is refused only if it cannot be used.
  public var isReleased: Bool?

  /// Names a file.
  public init(path: String, name: String, sha256: String) {
    self.path = path
    self.name = name
    self.sha256 = sha256
  }
}

/// Where a training that searches for hyperparameters finds what searches have left.
public struct StudyPlaces: Codable, Sendable, Equatable {
  /// The folder for the study of this training; a training that was killed may have left its own.
  public var unfinished: String
  /// The folder of the newest model, with the last study; nil before the first.
  public var last: String?

  /// Names the places.
  public init(unfinished: String, last: String?) {
    self.unfinished = unfinished
    self.last = last
  }
}

/// A question to the steps of a task.
public enum StepRequest: Codable, Sendable, Equatable {
  /// What are these files? The champion's folder, where there is one, says what is expected, and
  /// before that the labelled file that came first.
  case examine(files: [StepFile], champion: String?, first: StepFile?)
  /// Train a model on these files, the oldest first.
  ///
  /// `candidate` is the folder to fill, `work` one for tables that only this run needs. Trees are
  /// added to the model of `continuing`, where it is given. The champion tells which rows it has
  /// not learnt from.
  case train(
    files: [StepFile], candidate: String, work: String, champion: String?, continuing: Bool,
    studies: StudyPlaces)
  /// Is the challenger good enough to take the champion's place? `work` is that of its training.
  ///
  /// `comparisons` counts how often the champion was compared before.
  case judge(candidate: String, work: String, champion: String?, comparisons: Int)
  /// Predict these files; the outputs are in the same order.
  case predict(model: String, files: [StepFile], outputs: [String])
  /// Bring a model to the place where others use it; doing it again changes nothing.
  case deliver(model: String)

  /// The name of the step.
  public var name: String {
    switch self {
    case .examine: "examine"
    case .train: "train"
    case .judge: "judge"
    case .predict: "predict"
    case .deliver: "deliver"
    }
  }
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

/// Something that is wrong with a file, or looks odd.
public struct Finding: Codable, Sendable, Equatable {
  /// A word for programs, such as `missing_column`.
  public var code: String
  /// The column, if it is about one.
  public var column: String?
  /// What was found and what was expected, in one line.
  public var message: String

  /// Describes a finding.
  public init(code: String, column: String? = nil, message: String) {
    self.code = code
    self.column = column
    self.message = message
  }
}

/// What a file turned out to be.
public struct Examination: Codable, Sendable, Equatable {
  /// What a file is good for.
  public enum Role: String, Codable, Sendable {
    /// It has the target: models learn from it.
    case labelled
    /// It has none: its rows are scored.
    case unlabelled
    /// It cannot be used.
    case refused
  }

  /// What the file is good for.
  public var role: Role
  /// Whether a labelled file is for every training, whatever its window, because it says what others
  /// are about.
  public var isBackground: Bool
  /// The number of rows; 0 where they could not be read.
  public var rows: Int
  /// Why it was refused; empty otherwise.
  public var problems: [Finding]
  /// What looks odd and does not matter enough.
  public var warnings: [Finding]
  /// How far each column has moved from the champion's training data.
  public var drift: [String: Double]

  /// Describes a file.
  public init(
    role: Role, isBackground: Bool = false, rows: Int, problems: [Finding] = [],
    warnings: [Finding] = [], drift: [String: Double] = [:]
  ) {
    self.role = role
    self.isBackground = isBackground
    self.rows = rows
    self.problems = problems
    self.warnings = warnings
    self.drift = drift
  }
}

/// A model that was trained.
public struct TrainedCandidate: Codable, Sendable, Equatable {
  /// The name of the model, the same for the same model.
  public var version: String
  /// The rows that it learnt from.
  public var rows: Int
  /// How good it is, by name.
  public var metrics: [String: Double]

  /// Describes a model.
  public init(version: String, rows: Int, metrics: [String: Double]) {
    self.version = version
    self.rows = rows
    self.metrics = metrics
  }
}

/// Whether a challenger may take the champion's place.
public struct Verdict: Codable, Sendable, Equatable {
  /// Whether all checks passed.
  public var passes: Bool
  /// What said no, one line each.
  public var objections: [String]
  /// Numbers worth showing, by name.
  public var metrics: [String: Double]

  /// Describes a verdict.
  public init(passes: Bool, objections: [String], metrics: [String: Double]) {
    self.passes = passes
    self.objections = objections
    self.metrics = metrics
  }
}

/// What became of a file that was to be predicted.
public struct PredictedFile: Codable, Sendable, Equatable {
  /// The number of rows; 0 where it failed.
  public var rows: Int
  /// Why there is no output; nil where there is one.
  public var problem: String?

  /// Describes an output.
  public init(rows: Int, problem: String? = nil) {
    self.rows = rows
    self.problem = problem
  }
}

/// Why a step could not be done.
public struct StepFailure: Codable, Sendable, Equatable, Error {
  /// What trying again may bring.
  public enum Kind: String, Codable, Sendable {
    /// The data do not allow it: other data may.
    case data
    /// A disk or a permission is in the way: it may pass.
    case system
    /// Another system is: it may pass.
    case remote
    /// A model or another file of the home is damaged, until somebody restores it.
    case damage
  }

  /// What trying again may bring.
  public var kind: Kind
  /// What happened, in one line.
  public var facts: String
  /// What to do, in one line.
  public var advice: String

  /// Describes a failure.
  public init(kind: Kind, facts: String, advice: String) {
    self.kind = kind
    self.facts = facts
    self.advice = advice
  }
}

/// Those who know the task.
public protocol PipelineSteps: Sendable {
  /// Answers a question.
  ///
  /// - Parameter log: a file for what the step says meanwhile; nil where there is none.
  /// - Throws: `PipelineError.step`, `.stepEnded`, `.stopped`.
  func answer(_ request: StepRequest, log: String?) throws -> StepAnswer
  /// Makes steps that are going on, and all to come, end soon.
  func stop()
}

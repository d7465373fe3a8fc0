// What steps find out about files, models and predictions.
public import Texts

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
  private var movements: NamedValues<Double>

  /// Describes a file.
  public init(
    role: Role, isBackground: Bool = false, rows: Int, problems: [Finding] = [],
    warnings: [Finding] = [], drift: [ByteText: Double] = [:]
  ) {
    self.role = role
    self.isBackground = isBackground
    self.rows = rows
    self.problems = problems
    self.warnings = warnings
    movements = NamedValues(drift)
  }

  enum CodingKeys: String, CodingKey {
    case role, isBackground, rows, problems, warnings
    case movements = "drift"
  }

  /// How far each column has moved from the champion's training data.
  public var drift: [ByteText: Double] {
    get { movements.values }
    set { movements.values = newValue }
  }

  /// A file that cannot be used, for one reason.
  public static func refused(_ message: String, code: String) -> Examination {
    Examination(role: .refused, rows: 0, problems: [Finding(code: code, message: message)])
  }

  /// Makes warnings of all problems of a usable file: a person has said that the file is right.
  public mutating func downgradeProblems() {
    warnings = problems + warnings
    problems = []
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
  /// Whether it goes on from the champion, whose folder it needs from then on.
  public var continuesChampion: Bool

  /// Describes a model.
  public init(
    version: String, rows: Int, metrics: [String: Double], continuesChampion: Bool = false
  ) {
    self.version = version
    self.rows = rows
    self.metrics = metrics
    self.continuesChampion = continuesChampion
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
    /// A model or another file of the home is damaged, until it is restored.
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

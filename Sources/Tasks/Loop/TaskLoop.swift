// What a task has to know to be kept fresh by a loop: four steps. Each is a function of files: it may
// run in any process, and running it again gives the same.

/// The steps of a loop over the data of one task.
public protocol TaskLoop: Sendable {
  /// Looks at files.
  ///
  /// - Parameters:
  ///   - champion: the folder of the version in service; nil before the first.
  ///   - first: the labelled file that came first, which tells what is expected while there is no
  ///     champion; nil where there is none.
  /// - Throws: errors that are not the files': of the champion, of the disk.
  func examine(
    _ files: [LoopFile], champion: String?, first: LoopFile?
  ) throws -> [LoopExamination]

  /// Trains a model.
  ///
  /// - Parameters:
  ///   - files: the labelled files, the oldest first.
  ///   - candidate: the folder of a version to fill, with the run folder `run` in it.
  ///   - work: the folder for tables that judging reads too.
  ///   - champion: the folder of the version in service.
  ///   - continuing: whether the model goes on from the champion.
  ///   - studies: where a search before the training finds and leaves studies.
  /// - Throws: the errors of every room below.
  func train(
    _ files: [LoopFile], candidate: String, work: String, champion: String?, continuing: Bool,
    studies: LoopStudies
  ) throws -> LoopTraining

  /// Judges a candidate, and writes gate.json into its folder.
  ///
  /// - Parameters:
  ///   - work: the folder of the tables of its training.
  ///   - champion: the folder of the version in service; nil before the first.
  ///   - comparisons: how often the champion was compared before.
  /// - Throws: the errors of every room below.
  func judge(
    _ candidate: String, work: String, champion: String?, comparisons: Int
  ) throws -> LoopVerdict

  /// Predicts a file.
  ///
  /// - Parameter model: the folder of a version.
  /// - Returns: the number of rows, or why the file cannot be predicted.
  /// - Throws: errors that are not the file's: of the model, of the disk.
  func predict(
    _ file: LoopFile, model: String, output: String
  ) throws -> (rows: Int, problem: String?)
}

/// The steps of a loop whose models are used from another place.
public protocol DeliveringLoop: TaskLoop {
  /// Brings a model to its place; doing it again changes nothing.
  ///
  /// - Parameter model: the folder of a version.
  /// - Throws: the errors of every room below.
  func deliver(_ model: String) throws
}

/// Names of what a version's folder and the work folder of a training hold.
enum LoopFolder {
  /// The folder of the trained model in that of a candidate or a version.
  static let run = "run"
  /// The verdict in the folder of a candidate or a version.
  static let gate = "gate.json"
  /// The profile of the training data in the folder of a candidate or a version.
  static let reference = "reference.json"
}

/// A stored file.
public struct LoopFile: Sendable {
  /// Where its bytes are.
  public var path: String
  /// The name under which it was dropped.
  public var name: String
  /// The SHA-256 of its content.
  public var sha256: String
  /// Whether somebody has said that the file is right: being unlike others is no fault then.
  public var isReleased: Bool

  /// Names a file.
  public init(path: String, name: String, sha256: String, isReleased: Bool = false) {
    self.path = path
    self.name = name
    self.sha256 = sha256
    self.isReleased = isReleased
  }

  /// A message with the name under which the file was dropped for the place where its bytes are.
  func naming(_ message: String) -> String { message.replacing(path, with: name) }
}

/// Where the studies of searches are.
public struct LoopStudies: Sendable {
  /// The folder of a study that has not ended, from before this training or not.
  public var unfinished: String
  /// The folder of the newest version; nil before the first.
  public var last: String?

  /// Names the places.
  public init(unfinished: String, last: String?) {
    self.unfinished = unfinished
    self.last = last
  }
}

/// What a file turned out to be.
public struct LoopExamination: Sendable {
  /// Something that is wrong or odd.
  public struct Finding: Sendable {
    /// A word for programs.
    public var code: String
    /// The column, if it is about one.
    public var column: String?
    /// What was found and what was expected.
    public var message: String
  }

  /// Whether models learn from the file; nil where it is refused.
  public var isLabelled: Bool?
  /// The number of rows.
  public var rows = 0
  /// Whether a labelled file is for every training, whatever its window, because it says what others
  /// are about.
  public var isBackground = false
  /// Why it is refused.
  public var problems: [Finding] = []
  /// What is odd and does not matter enough.
  public var warnings: [Finding] = []
  /// The population stability index of each column.
  public var drift: [String: Double] = [:]

  /// Only notes what is held against a file that can be used: somebody has said that it is right.
  mutating func forgive() {
    warnings = problems + warnings
    problems = []
  }

  /// A file that cannot be used, for one reason.
  static func refused(_ message: String, code: String) -> LoopExamination {
    LoopExamination(problems: [Finding(code: code, column: nil, message: message)])
  }
}

/// A model that a loop trained.
public struct LoopTraining: Sendable {
  /// The version that predictions name.
  public var version: String
  /// The rows that it learnt from.
  public var rows: Int
  /// How good it is on rows that it did not learn from, by name.
  public var metrics: [String: Double]
}

/// A verdict on a challenger.
public struct LoopVerdict: Sendable {
  /// Whether all checks passed.
  public var passes: Bool
  /// What said no.
  public var objections: [String]
  /// Numbers worth showing.
  public var metrics: [String: Double]

  /// Sums checks up.
  init(_ checks: [GateCheck], metrics: [String: Double]) {
    passes = checks.allSatisfy(\.passes)
    objections = checks.filter { !$0.passes }.map {
      "\($0.name) is \(LoopNumber.short($0.found)), expected \($0.expected)"
    }
    self.metrics = metrics
  }
}

/// One check of gate.json.
struct GateCheck: Encodable {
  /// What was checked.
  var name: String
  var passes: Bool
  /// What was found and what was expected.
  var found: Double
  var expected: String
}

/// Numbers in the words of a loop.
enum LoopNumber {
  /// A number with three digits after the point.
  static func short(_ number: Double) -> String {
    (number * 1_000).rounded().isFinite ? "\((number * 1_000).rounded() / 1_000)" : "\(number)"
  }
}

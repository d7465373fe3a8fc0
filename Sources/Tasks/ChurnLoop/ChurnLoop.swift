// The steps of a loop that keeps churn models fresh. Each is a function of files: it may run in any
// process, and running it again gives the same.

/// The steps of a loop over churn tables.
public struct ChurnLoop: Sendable {
  /// What the loop is told.
  let configuration: ChurnLoopConfiguration
  /// Where steps run.
  let context: TaskContext

  /// The folder of the trained model in that of a candidate or a version.
  static let runName = "run"
  /// The verdict in the folder of a candidate or a version.
  static let gateName = "gate.json"
  /// The tables of a training in its work folder.
  static let trainName = "train.parquet"
  static let holdoutName = "holdout.parquet"

  /// Creates the steps.
  public init(_ configuration: ChurnLoopConfiguration, context: TaskContext) {
    self.configuration = configuration
    self.context = context
  }

  /// A stored file.
  public struct File: Sendable {
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
  }

  var data: ChurnConfiguration.Data { configuration.churn.data }
  var target: String { data.target }
}

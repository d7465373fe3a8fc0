// What a loop has to know about churn: what to learn from, when a file is odd, when a model is good
// enough.

/// The settings of a loop that are about churn models.
public struct ChurnLoopConfiguration: Sendable, Equatable {
  /// When new data are too far from those that the champion knows.
  public struct Checks: Sendable, Equatable {
    /// The share of cells that may be missing more than in the champion's data.
    public var missing = 0.3
    /// The share of cells that may have categories that the champion has not seen.
    public var unseen = 0.5
    /// The share of numbers that may lie far outside the champion's range.
    public var outside = 0.3
    /// The population stability index above which a column counts as drifted.
    public var psi = 0.25
    /// Whether a file with a drifted column is refused; else it is noted.
    public var refusesDrift = false
    /// How far the champion's AUC may fall on the labels of a file; from 0.5 on nothing doubts
    /// labels, the gate neither.
    public var labels = 0.1
  }

  /// What a challenger must show.
  public struct Gate: Sendable, Equatable {
    /// By how much the AUC may surely not be lower than the champion's.
    public var margin = 0.005
    /// The relative rise of the Brier score, and the absolute rise of the calibration error, that
    /// is allowed.
    public var calibration = 0.02
    /// How much AUC a group of customers may lose.
    public var segment = 0.03
    /// Rows below which a group is not looked at.
    public var segmentRows = 200
    /// The population stability index that scores may have between champion and challenger.
    public var scores = 0.25
    /// The AUC above which the data are taken to know the answer.
    public var leak = 0.99
    /// Rows below which nothing is promoted.
    public var minRows = 50
  }

  /// How models are trained; the table, the test table and the model to continue from are the
  /// loop's.
  public var churn = ChurnConfiguration()
  /// Whether the champion's trees are kept and others added.
  public var continues = false
  /// The trials of the search for hyperparameters before each training; 0 for no search.
  public var trials = 0
  /// The share of rows that no model ever learns from.
  public var holdout = 0.2
  /// How many of those are judged on: the newest ones.
  public var holdoutRows = 20_000
  /// When new data are too far away.
  public var checks = Checks()
  /// What a challenger must show.
  public var gate = Gate()

  /// Creates the defaults.
  public init() {}
}

// What a churn run tells: the document of `train churn --json`, from which the words for people
// are made too.
public import Evaluation

/// The result of `train churn`.
public struct ChurnReport: Encodable, Sendable {
  /// The loss and ranking of a constant prediction and of a logistic regression, on the same rows.
  public struct Baselines: Codable, Sendable {
    /// Every row gets the share of positives of the training rows.
    public var prior: ChurnMetrics
    /// A logistic regression on one-hot encoded and standardised columns.
    public var logistic: ChurnMetrics
  }

  /// The size of the trained model.
  public struct ModelSummary: Codable, Sendable {
    /// The number of trees.
    public var numTrees: Int
    /// How many of them are of the model that training went on from; nil where it started anew.
    public var continuedTrees: Int?
    /// The mean number of leaves of a tree.
    public var numLeavesMean: Double
    /// The number of new trees that early stopping found best.
    public var bestIteration: Int
    /// How its probabilities are calibrated.
    public var calibration: Calibration.Method

    enum CodingKeys: String, CodingKey {
      case numTrees = "num_trees"
      case continuedTrees = "continued_trees"
      case numLeavesMean = "num_leaves_mean"
      case bestIteration = "best_iteration"
      case calibration
    }
  }

  /// How much a feature contributed to the trees.
  public struct Importance: Codable, Sendable {
    /// The column.
    public var feature: String
    /// The sum of the gains of its splits.
    public var gain: Double
    /// The number of its splits.
    public var splits: Int
    /// Its share of the gains of all features, 0 to 1.
    public var share: Double
    /// The mean absolute Shapley value, in log-odds, over at most 2,000 training rows.
    public var meanAbsoluteContribution: Double

    enum CodingKeys: String, CodingKey {
      case feature, gain, splits, share
      case meanAbsoluteContribution = "mean_abs_contribution"
    }
  }

  /// Rows that share an identifier or all cells with others.
  public struct Repeats: Codable, Sendable, Equatable {
    /// The groups of such rows.
    public var groups: Int
    /// The rows in them.
    public var rows: Int
    /// The rows of the largest one.
    public var largest: Int
  }

  /// Seconds spent in each phase.
  public struct Timings: Encodable, Sendable {
    /// Reading tables.
    public var read = 0.0
    /// Checking columns, splitting rows, writing files.
    public var prepare = 0.0
    /// Cutting numbers into bins.
    public var bin = 0.0
    /// Growing trees.
    public var train = 0.0
    /// Predicting, measuring and training the baselines.
    public var evaluate = 0.0
    /// From start to end.
    public var total = 0.0
  }

  /// Always "churn".
  public var task = ChurnConfiguration.task
  /// The rows of the table.
  public var rows: Int
  /// The columns that the model learns from.
  public var columns: Int
  /// The rows of the positive class.
  public var positives: Int
  /// The rows that repeat each other; absent where none do.
  public var repeats: Repeats?
  /// The seed.
  public var seed: Int
  /// The threads that were used.
  public var threads: Int
  /// The folder that was written.
  public var out: String
  /// On rows that the judged model has not seen; with folds, the mean over the folds.
  public var metrics: ChurnMetrics
  /// One entry per fold, where folds were asked for.
  public var folds: [ChurnMetrics]
  /// What simpler models reach on the same rows.
  public var baselines: Baselines
  /// The model that was written.
  public var model: ModelSummary
  /// The features, most important first.
  public var importances: [Importance]
  /// Mean prediction against what happened in ten bins of equal width, on the judged rows.
  public var reliability: [ReliabilityTable.Bin]
  /// All columns of the table: what they are for, what they hold, and why.
  public var columnKinds: [ColumnDescription]
  /// Seconds spent in each phase.
  public var timings: Timings

  /// What people are told besides; not part of the document.
  public var details: ChurnDetails

  enum CodingKeys: String, CodingKey {
    case task, rows, columns, positives, seed, threads, out, metrics, folds, baselines, model
    case importances, reliability, timings, repeats
    case columnKinds = "column_kinds"
  }
}

/// What the report for people says besides the numbers.
public struct ChurnDetails: Sendable {
  /// The class that means churn.
  public var positive: String
  /// Why that class was chosen.
  public var positiveReason: String
  /// How the metrics came about: "on 1,409 rows set aside".
  public var judgedOn: String
  /// The columns that were left out, with the reason.
  public var dropped: [DroppedColumn]
  /// The table, as it was given.
  public var data: String
}

/// A column that no model learns from.
public struct DroppedColumn: Codable, Sendable, Equatable {
  /// The column.
  public var name: String
  /// Why.
  public var reason: String
}

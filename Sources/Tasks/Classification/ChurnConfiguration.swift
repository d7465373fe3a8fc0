// Everything that decides a churn run: what is read, how it is judged, how it is trained.
// Threads and output folder are not here, because no result depends on them.
import Configuration
public import Evaluation
public import GradientBoosting
import Tables
import Texts

/// The configuration of a churn run; run.toml holds all of it.
public struct ChurnConfiguration: Sendable, TabularConfiguration {
  /// Where rows come from and how they are read.
  public typealias Data = LabelledTableConfiguration
  /// How the model is judged.
  public typealias Judging = JudgingConfiguration

  /// How much the classes count in training; predicted probabilities are corrected for it.
  public struct Weighting: Sendable, Equatable {
    /// The weight of a positive row beside 1 for a negative one; above 0.
    public var scalePosWeight = 1.0
    /// Whether the rarer class is weighted so that both classes weigh the same.
    public var isUnbalance = false
  }

  /// The seed of everything that is drawn.
  public var seed = 42
  /// Where rows come from.
  public var data = Data()
  /// The class of the target that means churn; nil picks it by name, else the rarer one.
  public var positive: String?
  /// How the model is judged.
  public var judging = Judging()
  /// How probabilities are calibrated.
  public var calibration = Calibration.Method.none
  /// How much the classes count.
  public var weighting = Weighting()
  /// How trees are trained.
  public var boosting = BoostingConfiguration()
  /// The run folder of the model to which trees are added; nil starts anew.
  public var continueFrom: String?

  /// Creates the defaults.
  public init() {}

  /// Checks that nothing is missing or contradictory, and every hyperparameter's range.
  ///
  /// - Throws: `ConfigurationError`, `GradientBoostingError`.
  public func validate() throws {
    try checkJudging()
    if weighting.isUnbalance, weighting.scalePosWeight != 1 {
      throw ConfigurationError.conflict(
        Self.named("boosting.is_unbalance"), Self.named("boosting.scale_pos_weight"))
    }
    if continueFrom == "" {
      throw ConfigurationError.refused(
        key: "boosting.continue_from", source: "configuration", found: "empty",
        expected: "a folder that 'mlcore train' wrote")
    }
    try checkTable(reserved: PredictionColumns.columnNames)
  }

  /// The configuration as run.toml has it.
  public var recorded: ChurnConfiguration {
    var result = recordingTables
    result.continueFrom = continueFrom.map(LocationText.recorded)
    return result
  }
}

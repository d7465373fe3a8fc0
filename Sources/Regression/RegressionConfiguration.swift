// Everything that decides a regression run, with its keys in the order of run.toml.
public import Configuration
public import GradientBoosting

/// The configuration of a regression run; run.toml holds all of it.
public struct RegressionConfiguration: Sendable, TabularConfiguration {
  /// What training minimises.
  public typealias Loss = RegressionLoss

  /// The seed of everything that is drawn.
  public var seed = 42
  /// Where rows come from.
  public var data = LabelledTableConfiguration()
  /// How the model is judged.
  public var judging = JudgingConfiguration()
  /// What training minimises.
  public var loss = Loss.squared
  /// How trees are trained.
  public var boosting = BoostingConfiguration()

  /// Creates the defaults.
  public init() {}

  /// Checks that nothing is missing or contradictory, and every hyperparameter's range.
  ///
  /// - Throws: `ConfigurationError`, `GradientBoostingError`.
  public func validate() throws {
    try checkJudging()
    try checkTable(reserved: Regression.answerNames)
  }

  /// The configuration as run.toml has it.
  public var recorded: RegressionConfiguration { recordingTables }
}

extension RegressionConfiguration: Configurable {
  /// The name of the task in configuration files.
  public static let task = "regression"

  /// All keys, in the order of run.toml.
  public static let settings: [Setting<RegressionConfiguration>] =
    commonSettings + tableSettings + judgingSettings + [
      Setting(
        "boosting.loss", \.loss, .choice(Loss.allCases.map(\.rawValue)), "What training minimises")
    ] + boostingSettings
}

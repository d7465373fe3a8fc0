// Everything that decides a regression run, with its keys in the order of run.toml.
package import Configuration
package import GradientBoosting
package import Tabular

/// The configuration of a regression run; run.toml holds all of it.
package struct RegressionConfiguration: Sendable, TabularConfiguration {
  /// What training minimises.
  package typealias Loss = RegressionLoss

  /// The seed of everything that is drawn.
  package var seed = 42
  /// Where rows come from.
  package var data = LabelledTableConfiguration()
  /// How the model is judged.
  package var judging = JudgingConfiguration()
  /// What training minimises.
  package var loss = Loss.squared
  /// How trees are trained.
  package var boosting = BoostingConfiguration()

  /// Creates the defaults.
  package init() {}

  /// Checks that nothing is missing or contradictory, and every hyperparameter's range.
  ///
  /// - Throws: `ConfigurationError`, `GradientBoostingError`.
  package func validate() throws {
    try checkJudging()
    try checkTable(reserved: Regression.answerNames)
  }

  /// The configuration as run.toml has it.
  package var recorded: RegressionConfiguration { recordingTables }
}

extension RegressionConfiguration: Configurable {
  /// The name of the task in configuration files.
  package static let task = "regression"

  /// All keys, in the order of run.toml.
  package static let settings: [Setting<RegressionConfiguration>] =
    commonSettings + tableSettings + judgingSettings + [
      Setting(
        "boosting.loss", \.loss, .choice(Loss.allCases.map(\.rawValue)), "What training minimises")
    ] + boostingSettings
}

// Everything that decides a run of a classifier: what is read, how it is judged, how it is trained.
// Threads and output folder are not here, because no result depends on them.
public import Configuration
public import Evaluation
package import GradientBoosting
import Tables
package import Tabular
import Texts

/// How much the classes count in training; predicted probabilities are corrected for it.
package struct ClassWeighting: Sendable, Equatable {
  /// The weight of a positive row beside 1 for a negative one; above 0.
  package var scalePosWeight = 1.0
  /// Whether the rarer class is weighted so that both classes weigh the same.
  package var isUnbalance = false
}

/// The configuration of a classifier's run; run.toml holds all of it.
package struct ClassifierConfiguration<Preset: ClassifierPreset>: Sendable, TabularConfiguration {
  /// Where rows come from and how they are read.
  package typealias Data = LabelledTableConfiguration
  /// How the model is judged.
  package typealias Judging = JudgingConfiguration
  /// How much the classes count.
  package typealias Weighting = ClassWeighting

  /// The seed of everything that is drawn.
  package var seed = 42
  /// Where rows come from.
  package var data = Data()
  /// The positive class of the target; nil picks it by name, else the rarer one.
  package var positive: String?
  /// How the model is judged.
  package var judging = Judging()
  /// How probabilities are calibrated.
  package var calibration = Calibration.Method.none
  /// How much the classes count.
  package var weighting = Weighting()
  /// How trees are trained.
  package var boosting = BoostingConfiguration()
  /// The run folder of the model to which trees are added; nil starts anew.
  package var continueFrom: String?

  /// Creates the defaults.
  package init() {}

  /// Checks that nothing is missing or contradictory, and every hyperparameter's range.
  ///
  /// - Throws: `ConfigurationError`, `GradientBoostingError`.
  package func validate() throws {
    try checkJudging()
    if weighting.isUnbalance, weighting.scalePosWeight != 1 {
      throw ConfigurationError.conflict(
        Self.named("boosting.is_unbalance"), Self.named("boosting.scale_pos_weight"))
    }
    if continueFrom == "" {
      throw Self.unfit(
        "boosting.continue_from", found: "empty",
        expected: "a folder that 'mlcore train' wrote")
    }
    try checkTable(reserved: Classification<Preset>.answerNames)
  }

  /// The configuration as run.toml has it.
  package var recorded: Self {
    var result = recordingTables
    result.continueFrom = continueFrom.map(LocationText.recorded)
    return result
  }
}

extension ClassifierConfiguration: Configurable {
  /// The name of the task in configuration files.
  package static var task: String { Preset.task }

  /// All keys, in the order of run.toml.
  package static var settings: [Setting<Self>] {
    let table = tableSettings
    let positive = Setting<Self>(
      "data.positive", \.positive, .text, Preset.positiveClass,
      auto: "by its name, else the rarer one", placeholder: "class")
    let calibration = Setting<Self>(
      "calibration.method", \.calibration, .choice(Calibration.Method.allCases.map(\.rawValue)),
      "How probabilities are calibrated, on rows that the scoring trees have not seen",
      flag: .option("calibration"))
    let continued = Setting<Self>(
      "boosting.continue_from", \.continueFrom, .text,
      "The folder of a model to which trees are added", auto: "none", placeholder: "dir")
    let weights: [Setting<Self>] = [
      Setting(
        "boosting.scale_pos_weight", \.weighting.scalePosWeight, .number(.closed(0.001, 1_000)),
        "The weight of a positive row in training; probabilities are corrected for it"),
      Setting(
        "boosting.is_unbalance", \.weighting.isUnbalance, .flag,
        "Whether both classes weigh the same in training; probabilities are corrected for it",
        flag: .toggle("is-unbalance", value: "true")),
    ]
    let data: [Setting<Self>] = commonSettings + table[..<2] + [positive] + table[2...]
    return data + judgingSettings + [calibration, continued] + boostingSettings + weights
  }
}

extension Calibration.Method: ConfigurationField {}

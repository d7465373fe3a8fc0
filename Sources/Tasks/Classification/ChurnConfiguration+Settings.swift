// The keys of a churn configuration. Order and words are those of run.toml.
public import Configuration
public import Evaluation
import GradientBoosting

extension ChurnConfiguration: Configurable {
  /// The name of the task in configuration files.
  public static let task = "churn"

  /// All keys, in the order of run.toml.
  public static let settings: [Setting<ChurnConfiguration>] =
    [
      Setting("task", \.taskName, .choice([task]), "What is trained", flag: SettingFlag.none),
      Setting("seed", \.seed, .integer(0...Int.max), "The seed of everything that is drawn"),
    ] + dataSettings + judgingSettings + calibrationSettings + boostingSettings

  private var taskName: String {
    get { Self.task }
    set { precondition(newValue == Self.task, "the settings let '\(newValue)' through") }
  }

  private static let dataSettings: [Setting<ChurnConfiguration>] =
    tableSettings.prefix(2) + [
      Setting(
        "data.positive", \.positive, .text, "The class that means churn",
        auto: "by its name, else the rarer one", placeholder: "class")
    ] + tableSettings.dropFirst(2)

  private static let calibrationSettings: [Setting<ChurnConfiguration>] = [
    Setting(
      "calibration.method", \.calibration, .choice(Calibration.Method.allCases.map(\.rawValue)),
      "How probabilities are calibrated, on rows that the scoring trees have not seen",
      flag: .option("calibration"))
  ]

  private static let boostingSettings: [Setting<ChurnConfiguration>] =
    [
      Setting(
        "boosting.continue_from", \.continueFrom, .text,
        "The folder of a model to which trees are added", auto: "none", placeholder: "dir")
    ]
    + BoostingConfiguration.settings.map { $0.within(\.boosting, section: "boosting") } + [
      Setting(
        "boosting.scale_pos_weight", \.weighting.scalePosWeight, .number(.closed(0.001, 1_000)),
        "The weight of a positive row in training; probabilities are corrected for it"),
      Setting(
        "boosting.is_unbalance", \.weighting.isUnbalance, .flag,
        "Whether both classes weigh the same in training; probabilities are corrected for it",
        flag: .toggle("is-unbalance", value: "true")),
    ]
}

extension Calibration.Method: ConfigurationField {}

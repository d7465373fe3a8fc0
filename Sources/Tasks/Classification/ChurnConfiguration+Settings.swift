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
    ] + dataSettings + judgingSettings + boostingSettings

  private var taskName: String {
    get { Self.task }
    set { precondition(newValue == Self.task, "the settings let '\(newValue)' through") }
  }

  private static let dataSettings: [Setting<ChurnConfiguration>] = [
    Setting(
      "data.path", \.data.path, .text,
      "The table: a CSV, TSV or Parquet file, a folder of them, or an s3:// URI",
      flag: .option("data"), placeholder: "data"),
    Setting("data.target", \.data.target, .text, "The column to predict", placeholder: "col"),
    Setting(
      "data.positive", \.data.positive, .text, "The class that means churn",
      auto: "by its name, else the rarer one", placeholder: "class"),
    Setting(
      "data.id", \.data.id, .list, "Columns that identify a row; never learnt from",
      placeholder: "col[,col]"),
    Setting(
      "data.drop", \.data.drop, .list, "Columns that are left out", placeholder: "col[,col]"),
    Setting(
      "data.categorical", \.data.categorical, .list,
      "Columns that are categories even if they look like numbers", placeholder: "col[,col]"),
    Setting(
      "data.numeric", \.data.numeric, .list,
      "Columns that are numbers even if their digits have leading zeros",
      placeholder: "col[,col]"),
    Setting(
      "data.date", \.data.dates, .list,
      "Columns of dates, each with its format: since=%d/%m/%Y", placeholder: "col=format"),
    Setting(
      "data.decimal", \.data.decimal, .choice([".", ","]),
      "The character before the fraction of numbers in text files", placeholder: "c"),
    Setting.delimiter(\.data.delimiter),
    Setting.header(\.data.header),
  ]

  private static let judgingSettings: [Setting<ChurnConfiguration>] = [
    Setting(
      "evaluation.test", \.judging.test, .text, "A table of its own to judge on",
      auto: "a part of the data", placeholder: "data"),
    Setting(
      "evaluation.holdout", \.judging.holdout, .share, "The share of rows to judge on",
      auto: DefaultRule("\(Judging.defaultHoldout) without test table and folds")),
    Setting(
      "evaluation.folds", \.judging.folds, .integer(Judging.foldCounts, or: 0),
      "The folds of cross-validation, also beside the above; 0 for none"),
    Setting(
      "calibration.method", \.calibration, .choice(Calibration.Method.allCases.map(\.rawValue)),
      "How probabilities are calibrated, on rows that the scoring trees have not seen",
      flag: .option("calibration")),
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

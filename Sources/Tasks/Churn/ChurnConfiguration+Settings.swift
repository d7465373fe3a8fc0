// The keys of a churn configuration. Order and words are those of run.toml.
public import Evaluation
import GradientBoosting

extension ChurnConfiguration {
  /// The name of the task in configuration files.
  public static let task = "churn"

  /// All keys, in the order of run.toml.
  public static let settings: [Setting<ChurnConfiguration>] =
    [
      Setting("task", \.taskName, .choice([task]), "What is trained"),
      Setting("seed", \.seed, .integer(0...Int.max), "The seed of everything that is drawn"),
    ] + dataSettings + judgingSettings + calibrationSettings + boostingSettings

  /// The layers over these keys.
  public static let layers = ConfigurationLayers(settings: settings)

  private var taskName: String {
    get { Self.task }
    set { precondition(newValue == Self.task, "the settings let '\(newValue)' through") }
  }

  private static let dataSettings: [Setting<ChurnConfiguration>] = [
    Setting("data.path", \.data.path, .text, "The table: a file, a folder or an s3:// URI"),
    Setting("data.target", \.data.target, .text, "The column to predict"),
    Setting(
      optional: "data.positive", \.data.positive, .text,
      "The class that means churn; auto: by its name, else the rarer one"),
    Setting("data.id", \.data.id, .list, "Columns that identify a row; never learnt from"),
    Setting("data.drop", \.data.drop, .list, "Columns that are left out"),
    Setting(
      "data.categorical", \.data.categorical, .list,
      "Columns that are categories even if they look like numbers"),
    Setting(
      "data.numeric", \.data.numeric, .list,
      "Columns that are numbers even if their digits have leading zeros"),
    Setting(
      "data.date", \.data.dates, .list,
      "Columns of dates, each with its format: since=%d/%m/%Y"),
    Setting(
      "data.decimal", \.data.decimal, .choice([".", ","]),
      "The character before the fraction of numbers in text files"),
    Setting(
      optional: "data.delimiter", \.data.delimiter, .choice([",", ";", "\t", "|", "tab"]),
      "The character between cells; auto: found out"),
    Setting("data.header", \.data.header, .flag, "Whether the first line names the columns"),
  ]

  private static let judgingSettings: [Setting<ChurnConfiguration>] = [
    Setting(
      optional: "evaluation.test", \.judging.test, .text,
      "A table of its own to judge on; auto: a part of the data"),
    Setting(
      optional: "evaluation.holdout", \.judging.holdout, .number(.closed(0.01, 0.9)),
      "The share of rows to judge on; auto: 0.2 without test table and folds"),
    Setting(
      "evaluation.folds", \.judging.folds, .integer(0...100),
      "The folds of cross-validation, also beside the above; 0 for none"),
  ]

  private static let calibrationSettings: [Setting<ChurnConfiguration>] = [
    Setting(
      "calibration.method", \.calibration, .choice(Calibration.Method.allCases.map(\.rawValue)),
      "How probabilities are calibrated, on rows that the scoring trees have not seen")
  ]

  private static let boostingSettings: [Setting<ChurnConfiguration>] = [
    Setting(
      optional: "boosting.continue_from", \.continueFrom, .text,
      "The folder of a model to which trees are added; auto: none"),
    Setting(
      optional: "boosting.num_trees", \.boosting.numTrees, .integer(1...1_000_000),
      "The most trees; early stopping usually ends sooner"),
    Setting(
      optional: "boosting.learning_rate", \.boosting.learningRate, .number(.closed(1e-5, 1)),
      "The factor on every tree's values"),
    Setting(
      optional: "boosting.num_leaves", \.boosting.numLeaves, .integer(2...32_768),
      "The most leaves of a tree"),
    Setting(
      optional: "boosting.max_depth", \.boosting.maxDepth, .integer(-1...32_768),
      "The most splits between the root and a leaf; -1 for no limit"),
    Setting(
      optional: "boosting.min_data_in_leaf", \.boosting.minDataInLeaf, .integer(1...Int(Int32.max)),
      "The fewest rows of a leaf"),
    Setting(
      "boosting.min_sum_hessian_in_leaf", \.boosting.minSumHessianInLeaf, .number(.closed(0, 1e9)),
      "The least sum of second derivatives of a leaf"),
    Setting(
      "boosting.lambda_l1", \.boosting.lambdaL1, .number(.closed(0, 1e9)),
      "The penalty on the absolute values of leaves"),
    Setting(
      optional: "boosting.lambda_l2", \.boosting.lambdaL2, .number(.closed(0, 1e9)),
      "The penalty on the squared values of leaves"),
    Setting(
      "boosting.min_gain_to_split", \.boosting.minGainToSplit, .number(.closed(0, 1e9)),
      "The least improvement of the loss for a split to be made"),
    Setting(
      optional: "boosting.feature_fraction", \.boosting.featureFraction, .number(.closed(0.001, 1)),
      "The share of features that each tree may use"),
    Setting(
      optional: "boosting.bagging_fraction", \.boosting.baggingFraction, .number(.closed(0.001, 1)),
      "The share of rows that each tree is grown on"),
    Setting(
      "boosting.monotone_constraints", \.boosting.monotoneConstraints, .directions,
      "Numeric columns along which predictions may never fall (1) or never rise (-1)"),
    Setting(
      "boosting.max_bin", \.boosting.maxBin, .integer(2...255), "The most bins of a feature"),
    Setting(
      "boosting.max_cat_to_onehot", \.boosting.maxCatToOnehot, .integer(1...254),
      "Up to so many categories are split one against the rest"),
    Setting(
      "boosting.max_cat_threshold", \.boosting.maxCatThreshold, .integer(1...254),
      "The most categories on the smaller side of a split"),
    Setting(
      "boosting.cat_l2", \.boosting.catL2, .number(.closed(0, 1e9)),
      "The additional lambda_l2 of splits of many categories"),
    Setting(
      "boosting.cat_smooth", \.boosting.catSmooth, .number(.closed(0, 1e9)),
      "Pulls the order of rare categories towards the middle"),
    Setting(
      optional: "boosting.min_data_per_group", \.boosting.minDataPerGroup,
      .integer(1...Int(Int32.max)), "The fewest rows of a group of categories in a split"),
    Setting(
      "boosting.max_cat_levels", \.boosting.maxCatLevels, .integer(2...254),
      "Above so many categories, ordered target statistics take their place"),
    Setting(
      optional: "boosting.early_stopping_rounds", \.boosting.earlyStoppingRounds,
      .integer(0...1_000_000), "Stop after so many rounds without progress; 0 for never"),
    Setting(
      optional: "boosting.validation_fraction", \.boosting.validationFraction,
      .number(.closed(0.01, 0.9)), "The share of training rows that early stopping validates on"),
    Setting(
      optional: "boosting.refit", \.boosting.refit, .flag,
      "Whether to train again on all rows with the number of trees found"),
    Setting(
      "boosting.scale_pos_weight", \.weighting.scalePosWeight, .number(.closed(0.001, 1_000)),
      "The weight of a positive row in training; probabilities are corrected for it"),
    Setting(
      "boosting.is_unbalance", \.weighting.isUnbalance, .flag,
      "Whether both classes weigh the same in training; probabilities are corrected for it"),
  ]
}

extension Calibration.Method: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue) {
    guard case .text(let text) = value else { return nil }
    self.init(rawValue: text)
  }
  public var configurationValue: ConfigurationValue { .text(rawValue) }
}

// The table of hyperparameters: key, range, default, summary and what a search tries.
public import Configuration

extension BoostingConfiguration: Configurable {
  /// Beyond this no leaf has a value, and gains in single precision overflow.
  private static let largest = 1e9
  private static let rows = SettingKind.integer(1...Int(Int32.max))

  /// All hyperparameters, in the order of files.
  public static let settings: [Setting<BoostingConfiguration>] = [
    Setting(
      "num_trees", \.numTrees, .integer(1...1_000_000),
      "The most trees; early stopping usually ends sooner", auto: DefaultRule(otherwise: 2_000)),
    Setting(
      "learning_rate", \.learningRate, .number(.closed(1e-5, 1)),
      "The learning rate: the factor on the values of every tree",
      auto: DefaultRule((20_000, 0.03), (100_000, 0.05), otherwise: 0.1),
      search: .float(0.01...0.3, isLog: true)),
    Setting(
      "num_leaves", \.numLeaves, .integer(2...32_768), "The most leaves of a tree",
      auto: DefaultRule((20_000, 15), (200_000, 31), otherwise: 63),
      search: .integer(4...512, isLog: true)),
    Setting(
      "max_depth", \.maxDepth, .integer(1...Tree.mostDepth, or: -1),
      "The most splits between the root and a leaf; -1 for \(Tree.mostDepth)",
      auto: DefaultRule(otherwise: -1)),
    Setting(
      "min_data_in_leaf", \.minDataInLeaf, rows, "The fewest rows of a leaf",
      auto: DefaultRule(otherwise: 20), search: .integer(1...200, isLog: true)),
    Setting(
      "min_sum_hessian_in_leaf", \.minSumHessianInLeaf, .number(.closed(0, largest)),
      "The least sum of second derivatives of a leaf"),
    Setting(
      "lambda_l1", \.lambdaL1, .number(.closed(0, largest)),
      "The penalty on the absolute values of leaves", search: .float(1e-3...10, isLog: true)),
    Setting(
      "lambda_l2", \.lambdaL2, .number(.closed(0, largest)),
      "The penalty on the squared values of leaves", auto: DefaultRule(otherwise: 1.0),
      search: .float(1e-3...100, isLog: true)),
    Setting(
      "min_gain_to_split", \.minGainToSplit, .number(.closed(0, largest)),
      "The least improvement of the loss by a split",
      search: .float(1e-3...10, isLog: true)),
    Setting(
      "feature_fraction", \.featureFraction, .number(.closed(0.001, 1)),
      "The share of features that each tree may use",
      auto: DefaultRule((200_000, 0.5), otherwise: 0.8), search: .float(0.2...1)),
    Setting(
      "bagging_fraction", \.baggingFraction, .number(.closed(0.001, 1)),
      "The share of rows that each tree is grown on", auto: DefaultRule(otherwise: 1.0),
      search: .float(0.4...1)),
    Setting(
      "monotone_constraints", \.monotoneConstraints, .directions,
      "Numeric columns along which predictions may never fall (1) or never rise (-1)"),
    Setting("max_bin", \.maxBin, .integer(2...255), "The most bins of a feature"),
    Setting(
      "max_cat_to_onehot", \.maxCatToOnehot, .integer(1...254),
      "The most categories of a column that is split one against the rest"),
    Setting(
      "max_cat_threshold", \.maxCatThreshold, .integer(1...254),
      "The most categories on the smaller side of a split"),
    Setting(
      "cat_l2", \.catL2, .number(.closed(0, largest)),
      "The additional lambda_l2 of splits of many categories",
      search: .float(1e-2...100, isLog: true)),
    Setting(
      "cat_smooth", \.catSmooth, .number(.closed(0, largest)),
      "Pulls the order of rare categories towards the middle",
      search: .float(1e-2...100, isLog: true)),
    Setting(
      "min_data_per_group", \.minDataPerGroup, rows,
      "The fewest rows of a group of categories in a split", auto: DefaultRule(otherwise: 100)),
    Setting(
      "max_cat_levels", \.maxCatLevels, .integer(2...254),
      "The most categories before ordered target statistics replace them"),
    Setting(
      "early_stopping_rounds", \.earlyStoppingRounds, .integer(0...1_000_000),
      "Stop after so many rounds without progress; 0 for never",
      auto: DefaultRule(otherwise: 50)),
    Setting(
      "validation_fraction", \.validationFraction, .share,
      "The share of training rows that early stopping validates on",
      auto: DefaultRule((20_000, 0.2), otherwise: 0.1)),
    Setting(
      "refit", \.refit, .flag, "Whether to train again on all rows with the number of trees found",
      auto: DefaultRule((200_000, true), otherwise: false)),
  ]
}

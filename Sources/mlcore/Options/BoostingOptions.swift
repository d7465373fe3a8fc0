// One flag per hyperparameter, with LightGBM's names in kebab-case. They are kept as text, so that
// the settings table checks them like any other source of settings.
import ArgumentParser

/// The hyperparameters of gradient boosting.
struct BoostingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Add trees to the model of this folder; --num-trees counts the new ones.", valueName: "dir"))
  var continueFrom: String?
  @Option(help: .churn("boosting.learning_rate"))
  var learningRate: String?
  @Option(help: .churn("boosting.num_trees"))
  var numTrees: String?
  @Option(help: .churn("boosting.num_leaves"))
  var numLeaves: String?
  @Option(help: .churn("boosting.max_depth"))
  var maxDepth: String?
  @Option(help: .churn("boosting.min_data_in_leaf"))
  var minDataInLeaf: String?
  @Option(help: .churn("boosting.min_sum_hessian_in_leaf"))
  var minSumHessianInLeaf: String?
  @Option(name: .customLong("lambda-l1"), help: .churn("boosting.lambda_l1"))
  var lambdaL1: String?
  @Option(name: .customLong("lambda-l2"), help: .churn("boosting.lambda_l2"))
  var lambdaL2: String?
  @Option(help: .churn("boosting.min_gain_to_split"))
  var minGainToSplit: String?
  @Option(help: .churn("boosting.feature_fraction"))
  var featureFraction: String?
  @Option(help: .churn("boosting.bagging_fraction"))
  var baggingFraction: String?
  @Option(help: .churn("boosting.monotone_constraints"))
  var monotoneConstraints: String?
  @Option(help: .churn("boosting.max_bin"))
  var maxBin: String?
  @Option(help: .churn("boosting.max_cat_to_onehot"))
  var maxCatToOnehot: String?
  @Option(help: .churn("boosting.max_cat_threshold"))
  var maxCatThreshold: String?
  @Option(name: .customLong("cat-l2"), help: .churn("boosting.cat_l2"))
  var catL2: String?
  @Option(help: .churn("boosting.cat_smooth"))
  var catSmooth: String?
  @Option(help: .churn("boosting.min_data_per_group"))
  var minDataPerGroup: String?
  @Option(help: .churn("boosting.max_cat_levels"))
  var maxCatLevels: String?
  @Option(help: .churn("boosting.early_stopping_rounds"))
  var earlyStoppingRounds: String?
  @Option(help: .churn("boosting.validation_fraction"))
  var validationFraction: String?
  @Option(help: .churn("boosting.refit"))
  var refit: String?
  @Option(help: .churn("boosting.scale_pos_weight"))
  var scalePosWeight: String?
  @Flag(help: "Let both classes weigh the same; probabilities are corrected for it.")
  var isUnbalance = false

  /// The flags that were given.
  var given: [GivenFlag] {
    var flags: [GivenFlag] = []
    flags.append(
      section: "boosting",
      [
        ("continue_from", continueFrom),
        ("learning_rate", learningRate),
        ("num_trees", numTrees),
        ("num_leaves", numLeaves),
        ("max_depth", maxDepth),
        ("min_data_in_leaf", minDataInLeaf),
        ("min_sum_hessian_in_leaf", minSumHessianInLeaf),
        ("lambda_l1", lambdaL1),
        ("lambda_l2", lambdaL2),
        ("min_gain_to_split", minGainToSplit),
        ("feature_fraction", featureFraction),
        ("bagging_fraction", baggingFraction),
        ("monotone_constraints", monotoneConstraints),
        ("max_bin", maxBin),
        ("max_cat_to_onehot", maxCatToOnehot),
        ("max_cat_threshold", maxCatThreshold),
        ("cat_l2", catL2),
        ("cat_smooth", catSmooth),
        ("min_data_per_group", minDataPerGroup),
        ("max_cat_levels", maxCatLevels),
        ("early_stopping_rounds", earlyStoppingRounds),
        ("validation_fraction", validationFraction),
        ("refit", refit),
        ("scale_pos_weight", scalePosWeight),
        ("is_unbalance", isUnbalance ? "true" : nil),
      ])
    return flags
  }
}

// One flag per hyperparameter, with LightGBM's names in kebab-case. They are kept as text, so that
// the settings table checks them like any other source of settings.
import ArgumentParser

/// The hyperparameters of gradient boosting.
struct BoostingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Add trees to the model of this folder; --num-trees counts the new ones.", valueName: "dir"))
  var continueFrom: String?
  @Option(help: ArgumentHelp("The weight of each tree.", valueName: "x"))
  var learningRate: String?
  @Option(help: ArgumentHelp("The most trees.", valueName: "n"))
  var numTrees: String?
  @Option(help: ArgumentHelp("The most leaves of a tree.", valueName: "n"))
  var numLeaves: String?
  @Option(help: ArgumentHelp("The most splits between root and leaf.", valueName: "n"))
  var maxDepth: String?
  @Option(help: ArgumentHelp("The fewest rows of a leaf.", valueName: "n"))
  var minDataInLeaf: String?
  @Option(help: ArgumentHelp("The smallest sum of second derivatives in a leaf.", valueName: "x"))
  var minSumHessianInLeaf: String?
  @Option(
    name: .customLong("lambda-l1"),
    help: ArgumentHelp("The L1 penalty on leaf values.", valueName: "x"))
  var lambdaL1: String?
  @Option(
    name: .customLong("lambda-l2"),
    help: ArgumentHelp("The L2 penalty on leaf values.", valueName: "x"))
  var lambdaL2: String?
  @Option(help: ArgumentHelp("The share of features that each tree sees.", valueName: "x"))
  var featureFraction: String?
  @Option(help: ArgumentHelp("The share of rows that each tree sees.", valueName: "x"))
  var baggingFraction: String?
  @Option(
    help: ArgumentHelp(
      "Columns along which predictions may never fall (1) or never rise (-1).",
      valueName: "column=1,column=-1"))
  var monotoneConstraints: String?
  @Option(help: ArgumentHelp("The most bins of a feature.", valueName: "n"))
  var maxBin: String?
  @Option(
    help: ArgumentHelp(
      "Stop after this many rounds without progress; 0 never stops early.", valueName: "n"))
  var earlyStoppingRounds: String?
  @Option(
    help: ArgumentHelp(
      "The weight of a positive row; probabilities are corrected for it.", valueName: "w"))
  var scalePosWeight: String?
  @Flag(help: "Let both classes weigh the same; probabilities are corrected for it.")
  var isUnbalance = false

  /// The flags that were given.
  var given: [GivenFlag] {
    let all: [(String, String?)] = [
      ("continue_from", continueFrom), ("learning_rate", learningRate), ("num_trees", numTrees),
      ("num_leaves", numLeaves),
      ("max_depth", maxDepth), ("min_data_in_leaf", minDataInLeaf),
      ("min_sum_hessian_in_leaf", minSumHessianInLeaf), ("lambda_l1", lambdaL1),
      ("lambda_l2", lambdaL2), ("feature_fraction", featureFraction),
      ("bagging_fraction", baggingFraction),
      ("monotone_constraints", monotoneConstraints), ("max_bin", maxBin),
      ("early_stopping_rounds", earlyStoppingRounds), ("scale_pos_weight", scalePosWeight),
      ("is_unbalance", isUnbalance ? "true" : nil),
    ]
    var flags: [GivenFlag] = []
    for (name, text) in all {
      flags.append("boosting.\(name)", "--\(name.replacing("_", with: "-"))", text)
    }
    return flags
  }
}

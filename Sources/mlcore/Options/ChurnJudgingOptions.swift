// The flags that say on which rows a churn model is judged, and how it is calibrated.
import ArgumentParser

/// A test table or a share of the rows, and folds.
struct ChurnJudgingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A labelled table of its own to judge on.", valueName: "data"))
  var test: String?
  @Option(
    help: ArgumentHelp(
      "The share of rows to judge on (default: 0.2 without --test and --folds).", valueName: "x"))
  var holdout: String?
  @Option(help: ArgumentHelp("Cross-validate on this many folds.", valueName: "k"))
  var folds: String?
  @Option(
    help: ArgumentHelp(
      "Calibrate probabilities: none, platt or isotonic (default: none).", valueName: "method"))
  var calibration: String?

  /// The flags that were given.
  var given: [GivenFlag] {
    var flags: [GivenFlag] = []
    flags.append("evaluation.test", "--test", test)
    flags.append("evaluation.holdout", "--holdout", holdout)
    flags.append("evaluation.folds", "--folds", folds)
    flags.append("calibration.method", "--calibration", calibration)
    return flags
  }
}

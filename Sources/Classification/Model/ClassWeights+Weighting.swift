// The weights that a classifier's configuration gives to the classes.
import Tabular

extension ClassWeights {
  /// The weights that a configuration gives to rows with these labels.
  init(_ weighting: ClassWeighting, labels: [Bool]) {
    guard weighting.isUnbalance else {
      self.init(positive: weighting.scalePosWeight, negative: 1)
      return
    }
    let positives = Double(labels.count { $0 })
    let negatives = Double(labels.count) - positives
    // As in LightGBM, the rarer class is raised. One class alone has no balance to find.
    self.init(
      positive: positives > 0 && positives < negatives ? negatives / positives : 1,
      negative: negatives > 0 && negatives < positives ? positives / negatives : 1)
  }
}

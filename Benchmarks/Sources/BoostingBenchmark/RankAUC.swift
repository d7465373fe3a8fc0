// The measure of accuracy, computed as scikit-learn's roc_auc_score does for the peers.

/// The area under the ROC curve; ties count half.
func rankAUC(labels: [Double], scores: [Double]) -> Double {
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  var rankSum = 0.0
  var positives = 0.0
  var start = 0
  while start < order.count {
    var end = start
    while end < order.count && scores[order[end]] == scores[order[start]] { end += 1 }
    for row in order[start..<end] where labels[row] == 1 {
      rankSum += Double(start + end + 1) / 2
      positives += 1
    }
    start = end
  }
  let negatives = Double(order.count) - positives
  return (rankSum - positives * (positives + 1) / 2) / (positives * negatives)
}

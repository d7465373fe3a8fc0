// The bins in which the predictions of two models are counted, to see how far they have moved.

/// Tenths of a model's predictions, fewer where many predictions are almost equal.
///
/// Predictions of few values lie close together, and each training moves them a little. So an edge
/// does not lie on such values but a little above them, and edges between them are one edge.
struct PredictionBins {
  /// The upper ends of all bins but the last.
  let edges: [Double]

  /// Predictions are almost equal that differ by less than this share of their range.
  private static let nearness = 1e-3

  /// - Precondition: there is at least one prediction.
  init(of predictions: [Double]) {
    let sorted = predictions.sorted()
    let width = Self.nearness * (sorted[sorted.count - 1] - sorted[0])
    var ends: [Double] = []
    for tenth in 1..<10 {
      let end = sorted[tenth * (sorted.count - 1) / 10]
      if let last = ends.last, end - last <= width { ends.removeLast() }
      ends.append(end)
    }
    edges = ends.map { $0 + width }
  }

  func counts(of predictions: [Double]) -> [Int] {
    var counts = [Int](repeating: 0, count: edges.count + 1)
    for prediction in predictions { counts[edges.count { prediction > $0 }] += 1 }
    return counts
  }
}

// How far probabilities can be taken at their word: predicted against observed rates, by bin.

/// Mean prediction and observed rate in bins of equal width.
public struct ReliabilityTable: Codable, Sendable, Equatable {
  /// The rows whose probability lies in one interval.
  public struct Bin: Codable, Sendable, Equatable {
    /// The interval's ends.
    ///
    /// The upper end belongs to it, the lower one does not; 0 belongs to the first.
    public let lower, upper: Double
    /// The number of rows, whatever their weights.
    public let count: Int
    /// The weighted mean probability; nil if the bin has no weight.
    public let meanPrediction: Double?
    /// The weighted share of positives; nil if the bin has no weight.
    public let observedRate: Double?

    private enum CodingKeys: String, CodingKey {
      case lower, upper, count
      case meanPrediction = "mean_prediction"
      case observedRate = "observed_rate"
    }
  }

  /// The bins in ascending order, empty ones included.
  public let bins: [Bin]
  /// The weighted mean over the bins of the distance between mean prediction and observed rate.
  ///
  /// Known as ECE (Guo and others 2017, arXiv:1706.04599).
  public let expectedCalibrationError: Double

  /// Sorts the rows into bins.
  ///
  /// - Precondition: `binCount >= 1`.
  public init(_ rows: ScoredRows, binCount: Int = 15) {
    precondition(binCount >= 1, "\(binCount) bins hold no row")
    var counts = [Int](repeating: 0, count: binCount)
    // Per bin: weight, weighted predictions, weighted positives.
    var sums = [SIMD3<Double>](repeating: .zero, count: binCount)
    for row in 0..<rows.count {
      let probability = rows.probabilities[row]
      let bin = max(0, Int((probability * Double(binCount)).rounded(.up)) - 1)
      counts[bin] += 1
      sums[bin] += (rows.weights?[row] ?? 1) * SIMD3(1, probability, rows.labels[row] ? 1 : 0)
    }
    bins = (0..<binCount).map { bin in
      let sum = sums[bin]
      return Bin(
        lower: Double(bin) / Double(binCount), upper: Double(bin + 1) / Double(binCount),
        count: counts[bin], meanPrediction: sum.x > 0 ? sum.y / sum.x : nil,
        observedRate: sum.x > 0 ? sum.z / sum.x : nil)
    }
    let distance = sums.reduce(0.0) { $0 + abs($1.y - $1.z) }
    expectedCalibrationError = distance / sums.reduce(0.0) { $0 + $1.x }
  }

  private enum CodingKeys: String, CodingKey {
    case bins
    case expectedCalibrationError = "ece"
  }
}

// The input of every metric: labels and predicted probabilities of the same rows, checked once.

public import NumericCore

/// Labels, predicted probabilities and optional weights of the same rows, checked.
public struct ScoredRows: Sendable {
  /// Whether each row is positive.
  public let labels: [Bool]
  /// The predicted probability that each row is positive; none is NaN or outside `0 ... 1`.
  public let probabilities: [Double]
  /// How much each row counts; nil when every row counts 1.
  public let weights: [Double]?
  /// Rows that are drawn together where intervals are drawn; nil if each row is by itself.
  public let groups: RowGroups?

  /// The number of rows; at least 1.
  public var count: Int { labels.count }
  /// The number of positive rows.
  public let positives: Int

  /// Checks and keeps the rows.
  ///
  /// - Precondition: the arrays have the same number of elements.
  /// - Throws: `EvaluationError.empty`, `.probability` or `.weight`.
  public init(
    labels: [Bool], probabilities: [Double], weights: [Double]? = nil, groups: RowGroups? = nil
  ) throws {
    precondition(
      labels.count == probabilities.count && labels.count == weights?.count ?? labels.count,
      "\(labels.count) labels, \(probabilities.count) probabilities, "
        + "\(weights?.count ?? labels.count) weights")
    guard !labels.isEmpty else { throw EvaluationError.empty }
    if let row = probabilities.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw EvaluationError.probability(row: row, found: probabilities[row])
    }
    if let weights, let row = weights.firstIndex(where: { !($0 >= 0 && $0 < .infinity) }) {
      throw EvaluationError.weight(row: row, found: weights[row])
    }
    precondition(groups?.leaders.count ?? labels.count == labels.count, "groups of other rows")
    self.labels = labels
    self.probabilities = probabilities
    self.groups = groups
    // Only proportions count. Divided by a power of two, which rounds nothing, the largest is near 1
    // and no sum or product of weights over- or underflows.
    let unit = weights?.max()?.binade ?? 0
    self.weights = unit > 0 ? weights?.map { $0 / unit } : weights
    positives = labels.count { $0 }
  }

  /// The weighted mean of one number per row.
  func mean(_ values: [Double]) -> Double {
    guard let weights else { return VectorMath.sum(values) / Double(count) }
    return VectorMath.dot(weights, values) / VectorMath.sum(weights)
  }

  /// The mean negative logarithm of the probability given to what happened.
  ///
  /// As in scikit-learn, probabilities are first clipped to `eps ... 1 - eps`, eps = 2⁻⁵².
  var logLoss: Double {
    let eps = Double.ulpOfOne
    let given = (0..<count).map { row in
      min(max(labels[row] ? probabilities[row] : 1 - probabilities[row], eps), 1 - eps)
    }
    return -mean(VectorMath.log(given))
  }

  /// The mean squared difference between probability and outcome (Brier 1950).
  var brier: Double {
    mean(
      (0..<count).map { row in
        let error = probabilities[row] - (labels[row] ? 1 : 0)
        return error * error
      })
  }
}

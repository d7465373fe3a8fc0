// What happens when a probability is turned into a decision at a threshold.

/// The weights of right and wrong decisions when rows at or above a threshold count as positive.
public struct ConfusionMatrix: Codable, Sendable, Equatable {
  /// A row is called positive if its probability is at least this.
  public let threshold: Double
  /// The summed weights (the numbers, if there are no weights) of rows called rightly or wrongly.
  public let truePositives, falsePositives, trueNegatives, falseNegatives: Double

  /// Counts the decisions at a threshold.
  public init(_ rows: ScoredRows, threshold: Double = 0.5) {
    var called = SIMD2<Double>.zero
    var passed = SIMD2<Double>.zero
    for row in 0..<rows.count {
      let weight = rows.weights?[row] ?? 1
      let pair = rows.labels[row] ? SIMD2(0, weight) : SIMD2(weight, 0)
      if rows.probabilities[row] >= threshold { called += pair } else { passed += pair }
    }
    self.init(threshold: threshold, called: called, passed: passed)
  }

  /// Creates the matrix from (negative, positive) weights at or above, and below, the threshold.
  private init(threshold: Double, called: SIMD2<Double>, passed: SIMD2<Double>) {
    self.threshold = threshold
    (falsePositives, truePositives) = (called.x, called.y)
    (trueNegatives, falseNegatives) = (passed.x, passed.y)
  }

  /// The matrix at the threshold with the highest F1; of equal ones, the highest threshold.
  ///
  /// The thresholds tried are the probabilities that occur.
  ///
  /// - Throws: `EvaluationError.oneClass` if a class has no row of nonzero weight.
  public static func bestF1(_ rows: ScoredRows) throws -> ConfusionMatrix {
    let ranking = try Ranking(rows)
    var called = SIMD2<Double>.zero
    var best = (threshold: 1.0, f1: 0.0)
    for row in ranking.probabilities.indices.reversed() {
      called += ranking.weights[row]
      // The lowest row of a group, in descending order, is the one after another group's end.
      guard row == 0 || ranking.endsGroup[row - 1] else { continue }
      let matrix = ConfusionMatrix(
        threshold: ranking.probabilities[row], called: called, passed: ranking.total - called)
      if matrix.f1 > best.f1 { best = (matrix.threshold, matrix.f1) }
    }
    return ConfusionMatrix(rows, threshold: best.threshold)
  }

  /// The share of positives among the rows called positive; 0 if none is.
  public var precision: Double { Self.ratio(truePositives, truePositives + falsePositives) }
  /// The share of the positive rows that are called positive; 0 if there is none.
  public var recall: Double { Self.ratio(truePositives, truePositives + falseNegatives) }
  /// The harmonic mean of precision and recall; 0 if both are.
  public var f1: Double {
    Self.ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
  }
  /// The share of rows called rightly.
  public var accuracy: Double {
    let right = truePositives + trueNegatives
    return Self.ratio(right, right + falsePositives + falseNegatives)
  }

  private static func ratio(_ part: Double, _ whole: Double) -> Double {
    whole > 0 ? part / whole : 0
  }

  private enum CodingKeys: String, CodingKey {
    case threshold
    case truePositives = "true_positives"
    case falsePositives = "false_positives"
    case trueNegatives = "true_negatives"
    case falseNegatives = "false_negatives"
  }
}

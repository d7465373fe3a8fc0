// The non-decreasing function of a score that fits values best in least squares, found by pooling
// adjacent violators (Barlow et al., "Statistical inference under order restrictions", 1972).

/// A non-decreasing, piecewise linear function of a score.
///
/// Scores that were pooled into one block have one value; between two blocks the function is
/// linear, and beyond the first and the last score it is constant: scikit-learn's
/// `IsotonicRegression(out_of_bounds="clip")`.
public struct IsotonicRegression: Codable, Sendable, Equatable {
  /// The scores at which the function bends, ascending; the first and last one of each block.
  public let scores: [Double]
  /// The values there, not descending.
  public let values: [Double]

  /// Takes over a function that was fitted before.
  ///
  /// - Precondition: there is a score; scores ascend, values do not descend, and they match.
  public init(scores: [Double], values: [Double]) {
    precondition(
      !scores.isEmpty && scores.count == values.count, "\(scores.count), \(values.count) points")
    precondition(zip(scores, scores.dropFirst()).allSatisfy(<), "scores do not ascend")
    precondition(zip(values, values.dropFirst()).allSatisfy(<=), "values descend")
    self.scores = scores
    self.values = values
  }

  /// Fits the function to the shares of positives at each score.
  ///
  /// - Parameter scores: finite numbers, one for each label.
  /// - Throws: `EvaluationError.empty`.
  public init(scores: [Double], labels: [Bool]) throws {
    precondition(scores.count == labels.count, "\(scores.count) scores, \(labels.count) labels")
    guard !labels.isEmpty else { throw EvaluationError.empty }
    var blocks: [Block] = []
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    for row in order {
      let single = Block(
        first: scores[row], last: scores[row], positives: labels[row] ? 1 : 0, rows: 1)
      // Equal scores have one value, whatever their labels.
      if let last = blocks.last, last.last == scores[row] {
        blocks[blocks.count - 1].append(single)
      } else {
        blocks.append(single)
      }
    }
    var pooled: [Block] = []
    for block in blocks {
      pooled.append(block)
      while pooled.count > 1, pooled[pooled.count - 2].isNotBelow(pooled[pooled.count - 1]) {
        let last = pooled.removeLast()
        pooled[pooled.count - 1].append(last)
      }
    }
    var bends: (scores: [Double], values: [Double]) = ([], [])
    for block in pooled {
      bends.scores.append(block.first)
      bends.values.append(block.value)
      guard block.last > block.first else { continue }
      bends.scores.append(block.last)
      bends.values.append(block.value)
    }
    self.init(scores: bends.scores, values: bends.values)
  }

  /// The value at a score.
  public func value(_ score: Double) -> Double {
    // The first bend that is not below the score.
    var (low, high) = (0, scores.count)
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] < score { low = middle + 1 } else { high = middle }
    }
    guard low < scores.count else { return values[scores.count - 1] }
    guard low > 0, scores[low] != score else { return values[low] }
    let share = (score - scores[low - 1]) / (scores[low] - scores[low - 1])
    return values[low - 1] + share * (values[low] - values[low - 1])
  }

  /// Neighbouring scores with one value.
  private struct Block {
    var first, last: Double
    var positives, rows: Int

    var value: Double { Double(positives) / Double(rows) }

    /// Compared in whole numbers, so that equal shares are equal.
    func isNotBelow(_ other: Block) -> Bool {
      positives * other.rows >= other.positives * rows
    }

    mutating func append(_ other: Block) {
      last = other.last
      positives += other.positives
      rows += other.rows
    }
  }
}

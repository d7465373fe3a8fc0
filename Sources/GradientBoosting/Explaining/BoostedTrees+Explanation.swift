// Why a row is predicted as it is: its raw score as a sum of one contribution for each column.

public import NumericCore
public import Tables

/// Raw scores taken apart.
public struct ScoreContributions: Sendable {
  /// The mean raw score over the training rows, from which contributions start.
  public let base: Double
  /// For each row (matrix row) the Shapley value of each input (matrix column), in log-odds for
  /// the binary objective; a row's values and `base` add up to its raw score.
  public let values: Matrix<Double>
}

extension BoostedTrees {
  /// Computes exact path-dependent Shapley values for rows of a table.
  ///
  /// - Parameter columns: the table's columns, found by name; all of one length.
  /// - Throws: `GradientBoostingError.missingFeature`.
  public func contributions(_ columns: [Column], pool: WorkerPool) throws -> ScoreContributions {
    try contributions(columns, preparedBytes: 25_000_000, pool: pool)
  }

  /// Computes contributions with some trees after the others prepared.
  ///
  /// - Parameter preparedBytes: about how many bytes prepared trees take at a time, if one tree does
  ///   not take more. What comes out does not depend on it.
  func contributions(
    _ columns: [Column], preparedBytes: Int, pool: WorkerPool
  ) throws -> ScoreContributions {
    var values = Matrix<Double>(rows: columns.first?.count ?? 0, columns: inputs.count)
    for part in parts(bytes: preparedBytes) {
      try ScoreExplainer(self, trees: part, pool: pool).add(columns, to: &values, pool: pool)
    }
    return ScoreContributions(
      base: trees.reduce(initialScore) { $0 + $1.meanValue }, values: values)
  }

  /// Consecutive trees that take about so many bytes together when they are prepared; one part at
  /// least.
  private func parts(bytes most: Int) -> [Range<Int>] {
    let inputOf = features.map(\.input)
    var parts: [Range<Int>] = []
    var (first, bytes) = (0, 0)
    for (index, tree) in trees.enumerated() {
      let own = ShapleyTree.bytes(of: tree, inputOf: inputOf)
      if index > first, bytes + own > most {
        parts.append(first..<index)
        (first, bytes) = (index, 0)
      }
      bytes += own
    }
    return parts + [first..<trees.count]
  }
}

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
    try contributions(columns, preparedNodes: 100_000, pool: pool)
  }

  /// Computes contributions with some trees after the others prepared.
  ///
  /// - Parameter preparedNodes: how many nodes are prepared at a time, to bound memory: 100,000 take
  ///   about 25 MB. What comes out does not depend on it.
  func contributions(
    _ columns: [Column], preparedNodes: Int, pool: WorkerPool
  ) throws -> ScoreContributions {
    var values = Matrix<Double>(rows: columns.first?.count ?? 0, columns: inputs.count)
    for part in parts(nodes: preparedNodes) {
      try ScoreExplainer(self, trees: part, pool: pool).add(columns, to: &values, pool: pool)
    }
    return ScoreContributions(
      base: trees.reduce(initialScore) { $0 + $1.meanValue }, values: values)
  }

  /// Consecutive trees with about so many nodes together; one part at least.
  private func parts(nodes most: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var (first, nodes) = (0, 0)
    for (index, tree) in trees.enumerated() {
      if index > first, nodes + tree.nodes.count > most {
        parts.append(first..<index)
        (first, nodes) = (index, 0)
      }
      nodes += tree.nodes.count
    }
    return parts + [first..<trees.count]
  }
}

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
    let shap = TreeSHAP(trees: trees)
    let inputOf = features.map(\.input)
    let rowCount = columns.first?.count ?? 0
    var values = Matrix<Double>(rows: rowCount, columns: inputs.count)
    try values.elements.withUnsafeMutableBufferPointer { elements in
      nonisolated(unsafe) let elements = elements
      // A row costs thousands of times what binning it does, so that small blocks share it evenly.
      try forEachBinnedBlock(columns, blockRows: 32, pool: pool) { rows, bins, stride in
        for (index, row) in rows.enumerated() {
          let own = row * inputs.count..<(row + 1) * inputs.count
          shap.add(
            bins: bins + index * stride, inputOf: inputOf,
            to: UnsafeMutableBufferPointer(rebasing: elements[own]))
        }
      }
    }
    return ScoreContributions(
      base: trees.reduce(initialScore) { $0 + $1.meanValue }, values: values)
  }
}

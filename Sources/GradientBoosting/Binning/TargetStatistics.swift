// Ordered target statistics: each category stands for the mean label of its rows. A training row
// sees only the rows before it in a random order, so that its own label does not leak into its
// feature, but for its part in the mean of all labels, which stands for the rows that are not
// there (Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", 2018,
// arXiv:1706.09516).

internal import NumericCore
internal import Tables

/// The statistics of one column.
struct TargetStatistics {
  /// The mean label of all training rows, which stands for missing and unseen categories.
  let prior: Double
  /// The statistic of each level from all training rows, for rows that are not trained on.
  let levelValues: [Double]
  /// The statistic of each training row from the rows before it, in the order of `rows`.
  let rowValues: [Double]

  /// How many rows of average label each category is given beforehand.
  private static let priorRows = 1.0

  /// Computes the statistics of a column over some rows.
  ///
  /// - Parameters:
  ///   - labels: of all rows of the table, like `weights`; nil means that all rows weigh 1.
  ///   - rows: the rows to learn from; their weights are not all 0.
  init(
    column: CategoryColumn, labels: [Float], weights: [Double]?, rows: [Int32],
    random: CounterRandom
  ) {
    var generator = SeededGenerator(random)
    let order = Array(rows.indices).shuffled(using: &generator)
    func weight(_ row: Int) -> Double { weights?[row] ?? 1 }
    let total = rows.reduce(0.0) { $0 + weight(Int($1)) }
    let prior = rows.reduce(0.0) { $0 + weight(Int($1)) * Double(labels[Int($1)]) } / total
    var sums = [Double](repeating: 0, count: column.levels.count)
    var counts = [Double](repeating: 0, count: column.levels.count)
    func statistic(_ level: Int) -> Double {
      (sums[level] + Self.priorRows * prior) / (counts[level] + Self.priorRows)
    }
    var rowValues = [Double](repeating: prior, count: rows.count)
    for position in order {
      let row = Int(rows[position])
      let level = Int(column.codes[row])
      guard level >= 0 else { continue }
      rowValues[position] = statistic(level)
      sums[level] += weight(row) * Double(labels[row])
      counts[level] += weight(row)
    }
    self.prior = prior
    self.rowValues = rowValues
    levelValues = column.levels.indices.map(statistic)
  }
}

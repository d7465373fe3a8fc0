// Whether one recommender is better than another: both answer the same users, and the bootstrap draws
// these users for both at once.

public import NumericCore

extension PairedComparison.Difference {
  /// Compares measures that are means over units, such as users.
  ///
  /// - Parameters:
  ///   - first, second: what each unit adds, of both models.
  ///   - weights: what a unit counts for: with the number of its rows, sums over rows become means
  ///     over all rows; nil counts each unit once.
  ///   - isSquared: takes the root of the mean, so that squared errors become an error of that size.
  /// - Precondition: there is at least one unit, and all arrays have the same length.
  public static func means(
    first: [Double], second: [Double], weights: [Double]? = nil, isSquared: Bool = false,
    seed: UInt64 = 42, pool: WorkerPool
  ) -> Self {
    precondition(!first.isEmpty && first.count == second.count, "units that do not match")
    precondition(weights == nil || weights?.count == first.count, "weights for all units or none")
    func measure(_ sum: Double, _ weight: Double) -> Double {
      isSquared ? (sum / weight).squareRoot() : sum / weight
    }
    func measures(_ draws: [UInt8]?) -> SIMD2<Double> {
      var sums = SIMD3<Double>.zero
      for unit in first.indices {
        let count = draws.map { Double($0[unit]) } ?? 1
        sums += SIMD3(first[unit], second[unit], weights?[unit] ?? 1) * count
      }
      return SIMD2(measure(sums.x, sums.z), measure(sums.y, sums.z))
    }
    let whole = measures(nil)
    let replicates = PoissonBootstrap.replicates(rows: first.count, seed: seed, pool: pool) {
      let drawn = measures(PoissonBootstrap.counts($0, rows: first.count))
      return drawn.y - drawn.x
    }
    // A tiny sample may draw nobody, and then has no mean.
    let sorted = replicates.filter { !$0.isNaN }.sorted()
    let interval = PoissonBootstrap.interval(sorted)
    return Self(
      first: whole.x, second: whole.y, lower: interval.lowerBound, upper: interval.upperBound,
      shareBelow: Double(sorted.count { $0 < 0 }) / Double(sorted.count))
  }
}

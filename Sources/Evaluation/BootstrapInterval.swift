// How sure an AUC is: the percentile interval of the Poisson bootstrap.

internal import NumericCore

/// The 95 % interval of an AUC.
struct BootstrapInterval: Sendable {
  /// The 2.5 % and 97.5 % percentiles of the replicates, interpolated.
  let range: ClosedRange<Double>
  /// The AUC of each replicate that had rows of both classes, in ascending order.
  let replicates: [Double]

  /// Draws the replicates; they depend on the seed and the rows, never on the pool.
  init(_ ranking: Ranking, rows: Int, seed: UInt64, pool: WorkerPool) {
    let drawn = PoissonBootstrap.replicates(rows: rows, seed: seed, pool: pool) { random in
      ranking.leaders.map { leaders in Self.replicate(ranking, leaders: leaders, random) }
        ?? Self.replicate(ranking, random)
    }
    // A tiny sample may lack a class, and then has no AUC.
    replicates = drawn.filter { !$0.isNaN }.sorted()
    range = PoissonBootstrap.interval(replicates)
  }

  /// The AUC of one replicate in which rows of one group have one draw.
  private static func replicate(
    _ ranking: Ranking, leaders: [Int32], _ random: CounterRandom
  ) -> Double {
    let draws = PoissonBootstrap.counts(random, rows: leaders.count)
    var group = SIMD2<Double>.zero
    var total = SIMD2<Double>.zero
    var area = 0.0
    for (position, leader) in leaders.enumerated() {
      group += ranking.weights[position] * Double(draws[Int(leader)])
      if ranking.endsGroup[position] {
        area += group.y * (2 * total.x + group.x)
        total += group
        group = .zero
      }
    }
    return area / (2 * total.x * total.y)
  }

  /// The AUC of one replicate: `Ranking.auc` with each weight times its draw.
  private static func replicate(_ ranking: Ranking, _ random: CounterRandom) -> Double {
    PoissonBootstrap.draws.withUnsafeBufferPointer { draws in
      ranking.weights.withUnsafeBufferPointer { weights in
        ranking.endsGroup.withUnsafeBufferPointer { endsGroup in
          var group = SIMD2<Double>.zero
          var total = SIMD2<Double>.zero
          var area = 0.0
          // The rows are padded to whole words of four 16-bit draws.
          for word in 0..<weights.count / 4 {
            var bits = random.bits(at: UInt64(word))
            for row in word &* 4..<word &* 4 &+ 4 {
              group += weights[row] * Double(draws[Int(bits & 0xffff)])
              bits >>= 16
              if endsGroup[row] {
                area += group.y * (2 * total.x + group.x)
                total += group
                group = .zero
              }
            }
          }
          return area / (2 * total.x * total.y)
        }
      }
    }
  }
}

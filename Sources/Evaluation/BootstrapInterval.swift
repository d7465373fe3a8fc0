// How sure an AUC is: the percentile interval of the Poisson bootstrap.
//
// A replicate draws for each row how often it is in the sample, Poisson with mean 1, which is what
// sampling with replacement gives but independently for each row (Oza and Russell 2001; Chamandy
// et al., "Estimating uncertainty for massive data streams", Google, 2012). The rows stay in their
// order, so a replicate is one pass.

internal import NumericCore

/// The 95 % interval of an AUC.
struct BootstrapInterval: Sendable {
  /// The 2.5 % and 97.5 % percentiles of the replicates, interpolated.
  let range: ClosedRange<Double>
  /// The AUC of each replicate that had rows of both classes, in ascending order.
  let replicates: [Double]

  /// How many replicates a number of rows gets: 1,000 to 50,000 rows, then fewer in proportion, at
  /// least 100.
  static func replicateCount(rows: Int) -> Int { min(1_000, max(100, 50_000_000 / rows)) }

  /// Draws the replicates; they depend on the seed and the rows, never on the pool.
  init(_ ranking: Ranking, rows: Int, seed: UInt64, pool: WorkerPool) {
    let random = CounterRandom(seed: seed)
    let count = Self.replicateCount(rows: rows)
    let drawn = [Double](unsafeUninitializedCapacity: count) { buffer, initialised in
      // Each replicate is written by the one call that computes it.
      nonisolated(unsafe) let buffer = buffer
      pool.forEach(count: count) { replicate, _ in
        buffer[replicate] = Self.replicate(ranking, random.split(UInt64(replicate)))
      }
      initialised = count
    }
    // A tiny sample may lack a class, and then has no AUC.
    replicates = drawn.filter { !$0.isNaN }.sorted()
    range = Self.percentile(replicates, 0.025)...Self.percentile(replicates, 0.975)
  }

  /// The AUC of one replicate: `Ranking.auc` with each weight times its draw.
  private static func replicate(_ ranking: Ranking, _ random: CounterRandom) -> Double {
    poissonDraws.withUnsafeBufferPointer { draws in
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

  /// The Poisson draw for each 16-bit number: its distribution rounded to multiples of 2⁻¹⁶.
  private static let poissonDraws: [UInt8] = {
    var draws: [UInt8] = []
    var probability = 0x1.78b56362cef38p-2  // 1/e
    var cumulative = probability
    var value = 0
    for index in 0..<65_536 {
      while (Double(index) + 0.5) / 65_536 > cumulative {
        value += 1
        probability /= Double(value)
        cumulative += probability
      }
      draws.append(UInt8(value))
    }
    return draws
  }()

  /// The value below which a share of the sorted values lies, interpolated linearly.
  private static func percentile(_ sorted: [Double], _ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let lower = Int(position)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (position - Double(lower)) * (sorted[upper] - sorted[lower])
  }
}

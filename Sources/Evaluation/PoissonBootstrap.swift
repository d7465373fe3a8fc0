// The draws of the Poisson bootstrap, for every measure that wants an interval.
//
// A replicate draws for each row how often it is in the sample, Poisson with mean 1, which is what
// sampling with replacement gives but independently for each row (Oza and Russell 2001; Chamandy
// et al., "Estimating uncertainty for massive data streams", Google, 2012). The rows stay in their
// order, so a replicate is one pass.

internal import NumericCore

/// Replicates of a measure over rows that are drawn anew.
enum PoissonBootstrap {
  /// How many replicates a number of rows gets: 1,000 to 50,000 rows, then fewer in proportion, at
  /// least 100.
  static func replicateCount(rows: Int) -> Int { min(1_000, max(100, 50_000_000 / rows)) }

  /// Computes all replicates; they depend on the seed and the rows, never on the pool.
  ///
  /// - Parameter measure: computes one replicate from its random source, of which each 16 bits,
  ///   the lowest first, are looked up in `draws` for one row.
  static func replicates<Measure: Sendable>(
    rows: Int, seed: UInt64, pool: WorkerPool, _ measure: (CounterRandom) -> Measure
  ) -> [Measure] {
    let random = CounterRandom(seed: seed)
    let count = replicateCount(rows: rows)
    return [Measure](unsafeUninitializedCapacity: count) { buffer, initialised in
      // Each replicate is written by the one call that computes it.
      nonisolated(unsafe) let buffer = buffer
      pool.forEach(count: count) { replicate, _ in
        buffer.initializeElement(at: replicate, to: measure(random.split(UInt64(replicate))))
      }
      initialised = count
    }
  }

  /// How often each row is drawn in a replicate.
  static func counts(_ random: CounterRandom, rows count: Int) -> [UInt8] {
    var counts = [UInt8](repeating: 0, count: count)
    for word in 0..<(count + 3) / 4 {
      var bits = random.bits(at: UInt64(word))
      for row in word * 4..<min(word * 4 + 4, count) {
        counts[row] = draws[Int(bits & 0xffff)]
        bits >>= 16
      }
    }
    return counts
  }

  /// The Poisson draw for each 16-bit number: its distribution rounded to multiples of 2⁻¹⁶.
  static let draws: [UInt8] = {
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

  /// The 95 % percentile interval of replicates in ascending order, interpolated.
  static func interval(_ sorted: [Double]) -> ClosedRange<Double> {
    percentile(sorted, 0.025)...percentile(sorted, 0.975)
  }

  /// The value below which a share of the sorted values lies, interpolated linearly.
  private static func percentile(_ sorted: [Double], _ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let lower = Int(position)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (position - Double(lower)) * (sorted[upper] - sorted[lower])
  }
}

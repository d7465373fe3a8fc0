// What acting on probabilities earns: profit by threshold, in one pass over the sorted rows.
//   profit(t) = saveRate * valueOfSave * (positives at or above t) - costOfOffer * (rows there)

public import NumericCore

/// What contacting a customer costs and brings.
public struct ProfitTerms: Codable, Sendable, Equatable {
  /// What a customer who stays instead of leaving is worth.
  public var valueOfSave: Double
  /// What the offer costs for each customer who is contacted, leaving or not.
  public var costOfOffer: Double
  /// The share of contacted leavers who then stay, 0 to 1.
  public var saveRate: Double

  /// Names the terms, all finite and at least 0.
  public init(valueOfSave: Double, costOfOffer: Double, saveRate: Double = 1) {
    self.valueOfSave = valueOfSave
    self.costOfOffer = costOfOffer
    self.saveRate = saveRate
  }

  /// The profit of contacting rows.
  ///
  /// - Parameter rows: the summed weights of (negative, positive) rows.
  func profit(_ rows: SIMD2<Double>) -> Double {
    saveRate * valueOfSave * rows.y - costOfOffer * (rows.x + rows.y)
  }
}

/// The thresholds worth knowing when rows at or above a threshold are contacted.
public struct ProfitCurve: Sendable, Equatable {
  /// What one threshold earns.
  public struct Point: Codable, Sendable, Equatable {
    /// A row is contacted if its probability is at least this.
    public let threshold: Double
    /// The summed weights (the number, if there are no weights) of the rows contacted.
    public let contacted: Double
    /// What contacting them earns.
    public let profit: Double
  }

  /// The point that earns most; of equal ones, the one that contacts fewest.
  ///
  /// Thresholds are the probabilities that occur and, where nobody should be contacted, the number
  /// above the highest one.
  public let best: Point
  /// The 95 % interval of the profit at the best point's threshold, by Poisson bootstrap.
  public let interval: ClosedRange<Double>
  /// The 95 % interval of the threshold that earns most, by Poisson bootstrap.
  public let thresholdInterval: ClosedRange<Double>
  /// What the threshold 0.5 earns.
  public let atHalf: Point
  /// What contacting every row earns.
  public let everyone: Point

  /// Finds the points; the result does not depend on the pool's threads.
  ///
  /// - Throws: `EvaluationError.oneClass` if a class has no row of nonzero weight.
  public init(
    _ rows: ScoredRows, terms: ProfitTerms, seed: UInt64 = 42, pool: WorkerPool
  ) throws {
    let ranking = try Ranking(rows)
    let replicates = ProfitReplicates(ranking: ranking, terms: terms)
    let probabilities = ranking.probabilities
    var contacted = SIMD2<Double>.zero
    func point(_ threshold: Double) -> Point {
      Point(
        threshold: threshold, contacted: contacted.x + contacted.y,
        profit: terms.profit(contacted))
    }
    var best = (point: point(replicates.thresholdOfNobody), firstRow: probabilities.count)
    var atHalf = point(0.5)
    for row in probabilities.indices.reversed() {
      contacted += ranking.weights[row]
      guard row == 0 || ranking.endsGroup[row - 1] else { continue }
      let here = point(probabilities[row])
      if here.profit > best.point.profit { best = (here, row) }
      if probabilities[row] >= 0.5 { atHalf = point(0.5) }
    }
    self.best = best.point
    self.atHalf = atHalf
    everyone = point(0)
    let drawn = PoissonBootstrap.replicates(rows: rows.count, seed: seed, pool: pool) {
      replicates.replicate($0, firstContacted: best.firstRow)
    }
    interval = PoissonBootstrap.interval(drawn.map(\.x).sorted())
    thresholdInterval = PoissonBootstrap.interval(drawn.map(\.y).sorted())
  }
}

/// Profits of rows that are drawn anew.
struct ProfitReplicates: Sendable {
  let ranking: Ranking
  let terms: ProfitTerms

  /// The least threshold that contacts nobody.
  var thresholdOfNobody: Double { (ranking.probabilities.last ?? 1).nextUp }

  /// One replicate: the profit of contacting the rows from a position on, and the threshold that
  /// earns most.
  ///
  /// Contacting the rows above a threshold earns what contacting all does, less what those below
  /// it earn: so the best threshold is where these earn least.
  func replicate(_ random: CounterRandom, firstContacted: Int) -> SIMD2<Double> {
    var pass = Pass(terms: terms, firstContacted: firstContacted)
    ranking.weights.withUnsafeBufferPointer { weights in
      ranking.endsGroup.withUnsafeBufferPointer { endsGroup in
        if let leaders = ranking.leaders {
          // Rows that belong together have one draw.
          let draws = PoissonBootstrap.counts(random, rows: leaders.count)
          for (row, leader) in leaders.enumerated() {
            pass.add(
              weights[row] * Double(draws[Int(leader)]), row: row, endsGroup: endsGroup[row])
          }
        } else {
          PoissonBootstrap.draws.withUnsafeBufferPointer { draws in
            // The rows are padded to whole words of four 16-bit draws.
            for word in 0..<weights.count / 4 {
              var bits = random.bits(at: UInt64(word))
              for row in word &* 4..<word &* 4 &+ 4 {
                pass.add(
                  weights[row] * Double(draws[Int(bits & 0xffff)]), row: row,
                  endsGroup: endsGroup[row])
                bits >>= 16
              }
            }
          }
        }
      }
    }
    let count = ranking.probabilities.count
    // Past the last row, all of them are below.
    if firstContacted == count { pass.notContacted = pass.below }
    return SIMD2(
      terms.profit(pass.below - pass.notContacted),
      pass.least.firstRow < count
        ? ranking.probabilities[pass.least.firstRow] : thresholdOfNobody)
  }

  /// The rows of a replicate, from the least probability on.
  private struct Pass {
    let terms: ProfitTerms
    let firstContacted: Int
    var below = SIMD2<Double>.zero
    var notContacted = SIMD2<Double>.zero
    var least = (profit: 0.0, firstRow: 0)

    init(terms: ProfitTerms, firstContacted: Int) {
      self.terms = terms
      self.firstContacted = firstContacted
    }

    @inline(__always)
    mutating func add(_ weight: SIMD2<Double>, row: Int, endsGroup: Bool) {
      if row == firstContacted { notContacted = below }
      below += weight
      guard endsGroup else { return }
      let profit = terms.profit(below)
      if profit <= least.profit { least = (profit, row + 1) }
    }
  }
}

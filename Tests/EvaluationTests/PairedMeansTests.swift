// Comparisons of means over users, beside a slow and obvious twin.
import NumericCore
import TestSupport
import Testing

@testable import Evaluation

@Suite(.onOwnThread) struct PairedMeansTests {
  private let pool = WorkerPool(threads: 3)

  private func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var random = SeededGenerator(seed: seed, stream: 5)
    return (0..<count).map { _ in Double.random(in: 0..<1, using: &random) }
  }

  @Test(arguments: [1, 2, 7, 40, 333])
  func `means and intervals are those of drawing each unit anew`(count: Int) {
    let (first, second) = (numbers(count, seed: 1), numbers(count, seed: 2))
    let weights = numbers(count, seed: 3).map { 1 + ($0 * 9).rounded() }
    for (weights, isSquared) in [(nil, false), (weights, false), (weights, true)] {
      let found = PairedComparison.Difference.means(
        first: first, second: second, weights: weights, isSquared: isSquared, pool: pool)
      func mean(_ values: [Double], _ draws: [UInt8]) -> Double {
        var sum = 0.0
        var weight = 0.0
        for unit in 0..<count {
          for _ in 0..<draws[unit] {
            sum += values[unit]
            weight += weights?[unit] ?? 1
          }
        }
        return isSquared ? (sum / weight).squareRoot() : sum / weight
      }
      let once = [UInt8](repeating: 1, count: count)
      #expect(abs(found.first - mean(first, once)) < 1e-12)
      #expect(abs(found.second - mean(second, once)) < 1e-12)
      let replicates = (0..<1_000).map { (replicate: Int) -> Double in
        let random = CounterRandom(seed: 42).split(UInt64(replicate))
        let draws = (0..<count).map { (unit: Int) -> UInt8 in
          let word: UInt64 = random.bits(at: UInt64(unit / 4))
          let bits = (word >> UInt64(16 * (unit % 4))) & 0xffff
          return PoissonBootstrap.draws[Int(bits)]
        }
        return mean(second, draws) - mean(first, draws)
      }.filter { !$0.isNaN }.sorted()
      #expect(abs(found.lower - PoissonBootstrap.interval(replicates).lowerBound) < 1e-9)
      #expect(abs(found.upper - PoissonBootstrap.interval(replicates).upperBound) < 1e-9)
      #expect(found.lower <= found.upper)
    }
  }

  @Test func `a model is not better than itself, and threads change nothing`() {
    let (first, second) = (numbers(500, seed: 4), numbers(500, seed: 5))
    let same = PairedComparison.Difference.means(first: first, second: first, pool: pool)
    #expect(same.value == 0 && same.lower == 0 && same.upper == 0 && same.shareBelow == 0)
    let alone = WorkerPool(threads: 1)
    #expect(
      PairedComparison.Difference.means(first: first, second: second, pool: pool)
        == PairedComparison.Difference.means(first: first, second: second, pool: alone))
  }

  @Test func `the gains of users have the mean of all`() {
    var random = SeededGenerator(seed: 6, stream: 1)
    let (users, items, k) = (60, 30, 5)
    var lists: [Int32] = []
    var offsets = [0]
    var relevant: [Int32] = []
    for user in 0..<users {
      let order = Array(Int32(0)..<Int32(items)).shuffled(using: &random)
      let length = user % 7 == 0 ? 3 : k
      lists += order.prefix(length) + [Int32](repeating: -1, count: k - length)
      relevant += order.suffix(items - 2).prefix(user % 6).sorted()
      offsets.append(relevant.count)
    }
    let metrics = RankingMetrics(
      lists: lists, k: k, offsets: offsets, relevant: relevant, items: items)
    let gains = RankingMetrics.userGains(
      lists: lists, k: k, offsets: offsets, relevant: relevant)
    let judged = gains.filter { !$0.isNaN }
    #expect(judged.count == metrics.users && judged.count < users)
    #expect(abs(judged.reduce(0, +) / Double(judged.count) - metrics.ndcg) < 1e-12)
    #expect(judged.contains { $0 > 0 })
  }
}

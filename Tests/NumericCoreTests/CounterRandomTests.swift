// The random numbers are part of every saved result, so their values are fixed here; then what a
// user may expect of them.
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct CounterRandomTests {
  @Test func `the bits of a seed, a stream and a counter never change`() {
    // Computed by an independent implementation of SplitMix64's mixing function.
    let first = CounterRandom(seed: 42)
    #expect(first.bits(at: 0) == 0x6b9a_f544_17d0_bf75)
    #expect(first.bits(at: 1) == 0xc5a5_7e81_72f0_a9d2)
    #expect(first.bits(at: 1_000_000) == 0x20ad_82e1_5aad_1dfc)
    #expect(CounterRandom(seed: 42, stream: 1).bits(at: 0) == 0x2ac3_0d73_d7a4_23f8)
    #expect(CounterRandom(seed: 0).bits(at: 0) == 0x33fe_8bd4_f9c5_7863)
  }

  @Test func `a generator walks the counters of its stream`() {
    let source = CounterRandom(seed: 5, stream: 3)
    var generator = SeededGenerator(seed: 5, stream: 3)
    for counter in 0..<100 { #expect(generator.next() == source.bits(at: UInt64(counter))) }
    #expect(generator.uniform() == source.uniform(at: 100))
  }

  @Test func `uniform numbers fill their range evenly`() {
    let random = CounterRandom(seed: 1)
    var cells = [Int](repeating: 0, count: 100)
    for counter in 0..<100_000 {
      let value = random.uniform(at: UInt64(counter))
      #expect(value >= 0 && value < 1)
      cells[Int(value * 100)] += 1
    }
    // Chi-squared with 99 degrees of freedom: mean 99, standard deviation 14.
    let distance = cells.reduce(0.0) { $0 + (Double($1) - 1_000) * (Double($1) - 1_000) / 1_000 }
    #expect(distance > 50 && distance < 160)
  }

  @Test func `streams, splits and neighbouring seeds are uncorrelated`() {
    let base = CounterRandom(seed: 9)
    let others = [
      CounterRandom(seed: 9, stream: 1), CounterRandom(seed: 10), base.split(0), base.split(1),
      base.split(1).split(1),
    ]
    let count = 20_000
    for (index, other) in others.enumerated() {
      #expect(other != base)
      for lag in 0..<3 {
        var sum = 0.0
        for counter in 0..<count {
          let left = base.uniform(at: UInt64(counter)) - 0.5
          sum += left * (other.uniform(at: UInt64(counter + lag)) - 0.5)
        }
        // The correlation's standard deviation is 1 / sqrt(count) = 0.007.
        #expect(abs(12 * sum / Double(count)) < 0.035, "stream \(index), lag \(lag)")
      }
    }
    #expect(Set(others.map { $0.bits(at: 0) }).count == others.count)
  }

  @Test func `normal numbers have the moments of the standard normal`() {
    var generator = SeededGenerator(seed: 3)
    let values = (0..<200_000).map { _ in generator.normal() }
    func moment(_ order: Int) -> Double {
      values.reduce(0.0) { sum, value in
        sum + (0..<order).reduce(1.0) { product, _ in product * value }
      } / Double(values.count)
    }
    #expect(abs(moment(1)) < 0.011)
    #expect(abs(moment(2) - 1) < 0.016)
    #expect(abs(moment(3)) < 0.044)
    #expect(abs(moment(4) - 3) < 0.11)
  }
}

// The vector functions against the C library's, one element at a time, and the sums against naive
// twins that spell out the order of additions.
import Glibc
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct VectorMathTests {
  /// Random numbers in `-reach ..< reach` for lengths with and without a tail.
  static func values(count: Int, reach: Double) -> [Double] {
    let random = CounterRandom(seed: 7, stream: UInt64(count))
    return (0..<count).map { (2 * random.uniform(at: UInt64($0)) - 1) * reach }
  }

  /// The distance in units of the last place of `expected`, which the C library rounds to within 1.
  static func ulps(_ value: Double, _ expected: Double) -> Double {
    if value == expected || (value.isNaN && expected.isNaN) { return 0 }
    return abs(value - expected) / expected.ulp
  }

  @Test(arguments: [0, 1, 3, 7, 8, 9, 31, 1_000], [1.0, 40, 700])
  func `exp log and sigmoid agree with the C library`(count: Int, reach: Double) {
    let values = Self.values(count: count, reach: reach)
    let powers = VectorMath.exp(values)
    let logarithms = VectorMath.log(values.map(abs))
    let sigmoids = VectorMath.sigmoid(values)
    #expect([powers.count, logarithms.count, sigmoids.count] == [count, count, count])
    for (index, value) in values.enumerated() {
      #expect(Self.ulps(powers[index], exp(value)) <= 2)
      #expect(Self.ulps(logarithms[index], log(abs(value))) <= 2)
      let sigmoid = value < 0 ? exp(value) / (1 + exp(value)) : 1 / (1 + exp(-value))
      #expect(Self.ulps(sigmoids[index], sigmoid) <= 4)
    }
  }

  @Test func `special numbers follow the C library`() {
    let tiny = Double.leastNonzeroMagnitude
    let values: [Double] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, tiny, tiny * 1e9, .leastNormalMagnitude,
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 709.78, 710, -708.4, -745.1, -745.2,
    ]
    for (value, power) in zip(values, VectorMath.exp(values)) {
      #expect(Self.ulps(power, exp(value)) <= 1, "exp \(value) gave \(power)")
    }
    for (value, logarithm) in zip(values, VectorMath.log(values)) {
      #expect(Self.ulps(logarithm, log(value)) <= 1, "log \(value) gave \(logarithm)")
    }
    let sigmoids = VectorMath.sigmoid([.infinity, -.infinity, .nan, 0, -745.1, 800])
    #expect(sigmoids[0] == 1 && sigmoids[1] == 0 && sigmoids[2].isNaN && sigmoids[3] == 0.5)
    #expect(sigmoids[4] == tiny && sigmoids[5] == 1)
  }

  @Test func `an element's result does not depend on its place in the array`() {
    let values = Self.values(count: 200, reach: 20)
    for kernel in [VectorMath.exp, VectorMath.log, VectorMath.sigmoid] {
      let together = kernel(values)
      for (index, value) in values.enumerated() {
        #expect(kernel([value])[0].bitPattern == together[index].bitPattern)
      }
    }
  }

  /// Blocks of 4,096 in order; within one, element i goes to lane i mod 16, and the lanes are added
  /// in halves.
  static func naiveSum(_ values: [Double]) -> Double {
    var total = 0.0
    for start in stride(from: 0, to: values.count, by: 4096) {
      var lanes = [Double](repeating: 0, count: 16)
      for index in start..<min(values.count, start + 4096) { lanes[index % 16] += values[index] }
      while lanes.count > 1 {
        let half = lanes.count / 2
        lanes = (0..<half).map { lanes[$0] + lanes[$0 + half] }
      }
      total += lanes[0]
    }
    return total
  }

  @Test(arguments: [0, 1, 2, 15, 16, 17, 100, 4_095, 4_096, 4_097, 10_000])
  func `sum and dot add in the documented order`(count: Int) {
    let left = Self.values(count: count, reach: 1e3)
    let right = Self.values(count: count, reach: 1e-3).reversed() as [Double]
    #expect(VectorMath.sum(left) == Self.naiveSum(left))
    #expect(VectorMath.dot(left, right) == Self.naiveSum(zip(left, right).map { $0 * $1 }))
    #expect(abs(VectorMath.sum(left) - left.reduce(0, +)) <= 1e-10 * Double(count))
  }
}

// Masses of the normal distribution against sums over small steps.
import Glibc
import NumericCore
import Testing

@Suite struct NormalMassTests {
  /// The logarithm of a mass by Simpson's rule, relative to the largest density between the bounds.
  static func slow(from low: Double, width: Double) -> Double {
    let high = low + width
    let top = low > 0 ? low : high < 0 ? high : 0
    // Where the density is e^-45 of its largest, nothing is left to add.
    let reach = (top * top + 90).squareRoot()
    let first = max(low, -reach)
    let way = low < -reach || high > reach ? min(high, reach) - first : width
    let panels = 20_000
    let step = way / Double(2 * panels)
    var sum = 0.0
    for index in 0...2 * panels {
      let distance = first - top + Double(index) * step
      let weight = index == 0 || index == 2 * panels ? 1.0 : index % 2 == 1 ? 4 : 2
      sum += weight * exp(-distance * (top + 0.5 * distance))
    }
    return -0.5 * top * top + log(sum * step / 3) - 0.5 * log(2 * Double.pi)
  }

  @Test(arguments: [1e-3, 1, 6, 60], [1e-8, 1e-3, 0.05, 1, 30])
  func `masses agree with sums over small steps, near and far and over short ways`(
    reach: Double, width: Double
  ) {
    var generator = SeededGenerator(seed: 11)
    let lows = (0..<20).map { _ in (2 * generator.uniform() - 1) * reach }
    let widths = lows.map { _ in width * (0.1 + generator.uniform()) }
    let masses = VectorMath.logNormalMasses(from: lows, widths: widths)
    for (index, mass) in masses.enumerated() {
      let expected = Self.slow(from: lows[index], width: widths[index])
      // Most of this is what the sums themselves lose.
      let tolerance = 1e-10 * max(1, abs(expected))
      #expect(abs(mass - expected) < tolerance, "\(mass) against \(expected) at \(lows[index])")
      let alone = VectorMath.logNormalMasses(from: [lows[index]], widths: [widths[index]])[0]
      #expect(alone.bitPattern == mass.bitPattern)
    }
  }

  @Test func `masses are those of tables, alike on both sides, and none over no way`() {
    func mass(_ low: Double, _ high: Double) -> Double {
      VectorMath.logNormalMasses(from: [low], widths: [high - low])[0]
    }
    #expect(abs(mass(-1.959963984540054, 1.959963984540054) + 0.051293294387550) < 1e-12)
    #expect(abs(mass(-100, 0) + 0.693147180559945) < 1e-12)
    #expect(abs(mass(-9, 9)) < 1e-15)
    // Far out the mass up to infinity is that of Mills' ratio.
    #expect(abs(mass(40, 1_000) + 804.608442013754) < 1e-6)
    #expect(mass(3, 4) == mass(-4, -3) && mass(-1, 5) == mass(-5, 1))
    #expect(mass(0.5, 0.5) == -.infinity)
    #expect(VectorMath.logNormalMasses(from: [], widths: []).isEmpty)
  }
}

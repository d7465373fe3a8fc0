// Masses of the normal distribution against sums over small steps.
import Glibc
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct NormalMassTests {
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

  /// Masses to 20 digits, computed with 60: from where, over what way, and the logarithm.
  ///
  /// The first are in fours, two on either side of the border between short ways and others.
  static let references: [(low: Double, width: Double, mass: Double)] = [
    (-0.005, 0.01, -5.5241128858524863167),
    (-0.0099, 0.0198, -4.8410282093795876015),
    (-0.0101, 0.0202, -4.8210282093306951302),
    (-0.015, 0.03, -4.4255339299621584733),
    (0.29521087, 0.00957826, -5.6122013436793902075),
    (0.2905175, 0.018965, -4.9291122745065942322),
    (0.29032595, 0.0193481, -4.9091137827324055454),
    (0.2856326, 0.0287348, -4.5136161873825295687),
    (0.996464465, 0.00707107, -6.3706820000264367074),
    (0.99299965, 0.0140007, -5.6875864838615338508),
    (0.9928582, 0.0142836, -5.6675817862504710416),
    (0.9893934, 0.0212132, -5.2720701829711416101),
    (2.498143045, 0.00371391, -9.6396055649406518841),
    (2.49632323, 0.00735354, -8.9565001535118635956),
    (2.496248955, 0.00750209, -8.9364998523202134966),
    (2.49442915, 0.0111417, -8.5409718313573307642),
    (5.999178005, 0.00164399, -25.329563656857979978),
    (5.99837245, 0.0032551, -24.646455363060521093),
    (5.99833957, 0.00332086, -24.626453944056548305),
    (5.997534015, 0.00493197, -24.230919836945244205),
    (14.999667405, 0.00066519, -120.73437224724723543),
    (14.99934146, 0.00131708, -120.05126045667815696),
    (14.99932816, 0.00134368, -120.03126484262262745),
    (14.999002215, 0.00199557, -119.63572692052171008),
    (37.499866714, 0.000266572, -712.27380055445200531),
    (37.499736094, 0.000527812, -711.59069261976494848),
    (37.4997307625, 0.000538475, -711.57069104347505005),
    (37.499600142, 0.000799716, -711.17515498007803526),
    (-0.5, 1.0, -0.95991633369562231933),
    (-3.0, 0.25, -6.4192579648686811342),
    (-8.0, 7.5, -1.1759117615936206252),
    (2.0, 30.0, -3.7831843336820319488),
    (0.0, 1e-08, -19.33961927715703821),
    (-1.0, 1e-05, -12.931858998187401122),
    (12.0, 0.0001, -82.129878846847022836),
    (-40.0, 39.0, -1.8410216450092635058),
    (-1.96, 3.92, -0.051288863130464222796),
    (30.0, 1.0, -454.32124395634325204),
    (5.0, 0.3, -15.290635120858842088),
  ]

  @Test func `masses are true to 1e-12, on both sides of the border of short ways`() {
    let masses = VectorMath.logNormalMasses(
      from: Self.references.map(\.low), widths: Self.references.map(\.width))
    for (mass, reference) in zip(masses, Self.references) {
      let tolerance = 1e-12 * max(1, abs(reference.mass))
      #expect(abs(mass - reference.mass) < tolerance, "\(mass) against \(reference)")
    }
    // Both sides were looked at: what decides is the square of the way, wider away from 0.
    let sides = Self.references.prefix(28).map { low, width, _ in
      let middle = low + 0.5 * width
      return width * width * (1 + middle * middle) < 4e-4
    }
    #expect(sides == (0..<28).map { $0 % 4 < 2 })
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

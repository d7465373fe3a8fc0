// Who rates what, and how: the truth of `ClassicModelsWorld` made visible, and how well it could be
// found out.

internal import Glibc
internal import NumericCore

/// One rating.
struct ClassicModelsRating {
  let product: Int
  let stars: Int
  /// The stars that the whole truth predicts, and those that columns alone do.
  let expected: Double
  let expectedOfFeatures: Double
}

extension ClassicModelsWorld {
  private static let noise = 0.5
  /// The share of customers who rate anything; the others are cold.
  private static let raterShare = 0.8
  /// What columns do not tell: two biases, the own taste, and noise.
  private static let unseenDeviation =
    (2 * 0.35 * 0.35 + 0.45 * 0.45 * Double(ownWidth) + noise * noise).squareRoot()

  /// Draws the ratings of a customer, in the order of the products; empty for a cold one.
  ///
  /// What is rated is drawn by the fame of the product and by what columns say about the match, so
  /// that who rates what tells something too.
  func ratings(
    ofCustomer index: Int, _ customer: ClassicModelsCustomer, products: [ClassicModelsProduct],
    seed: UInt64
  ) -> [ClassicModelsRating] {
    var draw = SeededGenerator(CounterRandom(seed: seed, stream: 3).split(UInt64(index)))
    guard draw.chance(Self.raterShare) else { return [] }
    let wanted = Int(VectorMath.exp([3.07 + 0.7 * draw.bell()])[0])
    let count = min(max(3, wanted), max(1, products.count * 97 / 100))
    return chosen(count, customer, products, &draw).map { product in
      let score = 3 + score(customer, products[product])
      let featureScore = 3 + featureScore(customer, products[product])
      let stars = min(5, max(1, Int((score + Self.noise * draw.bell()).rounded())))
      return ClassicModelsRating(
        product: product, stars: stars,
        expected: Self.expectedStars { Self.bellShare(below: ($0 - score) / Self.noise) },
        expectedOfFeatures: Self.expectedStars {
          0.5 * erfc((featureScore - $0) / (Self.unseenDeviation * 2.0.squareRoot()))
        })
    }
  }

  /// Draws products without replacement, by their weights (Efraimidis and Spirakis, "Weighted
  /// random sampling with a reservoir", 2006): those with the smallest exponential times.
  func chosen(
    _ count: Int, _ customer: ClassicModelsCustomer, _ products: [ClassicModelsProduct],
    _ draw: inout SeededGenerator
  ) -> [Int] {
    let weights = VectorMath.exp(products.map { $0.fame + 0.7 * featureScore(customer, $0) })
    // Never zero, whose logarithm is infinite.
    let times = VectorMath.log(products.map { _ in 1 - draw.uniform() })
    let order = products.indices.map { (time: -times[$0] / weights[$0], product: $0) }
      .sorted { ($0.time, $0.product) < ($1.time, $1.product) }
    return order.prefix(count).map(\.product).sorted()
  }

  /// The mean of stars from the shares of unrounded values below a limit.
  private static func expectedStars(_ shareBelow: (Double) -> Double) -> Double {
    5 - [1.5, 2.5, 3.5, 4.5].reduce(0) { $0 + shareBelow($1) }
  }

  /// The share of `SeededGenerator.bell` below a value: a sum of four uniform numbers (Irwin-Hall).
  static func bellShare(below value: Double) -> Double {
    let sum = value / 1.732_050_807_568_877_2 + 2
    if sum <= 0 { return 0 }
    if sum >= 4 { return 1 }
    let signedChoices = [1.0, -4, 6, -4]
    return signedChoices.enumerated().reduce(0) { total, term in
      let rest = max(0, sum - Double(term.offset))
      return total + term.element * rest * rest * rest * rest / 24
    }
  }
}

// The customers and products of one database, with what of them decides ratings.

internal import NumericCore

/// A customer.
struct ClassicModelsCustomer {
  var number = 0
  var country = 0
  var city = ""
  var state: String?
  var postalCode: String?
  /// Hundreds of dollars.
  var creditHundreds = 0
  /// The credit limit in standard deviations from its mean.
  var wealth = 0.0
  var bias = 0.0
  /// What only ratings tell.
  var ownTaste: [Double] = []

  /// Draws a customer.
  init(index: Int, number: Int, cities: Int, world: ClassicModelsWorld, seed: UInt64) {
    var draw = SeededGenerator(CounterRandom(seed: seed, stream: 1).split(UInt64(index)))
    self.number = number
    country = Self.index(of: draw.uniform(), in: world.countries.map(\.share))
    let place = world.countries[country]
    city = ClassicModelsNames.city(
      ofCountry: country, spread: max(2, Int(Double(cities) * place.share)), &draw)
    let state = place.states.isEmpty ? "" : ClassicModelsNames.pick(place.states, &draw)
    self.state = state.isEmpty ? nil : state
    let digits = ClassicModelsNames.digits(country % 3 == 0 ? 5 : 4, &draw)
    postalCode = draw.chance(0.06) ? nil : digits
    wealth = draw.bell()
    // Some customers have no credit.
    let hasNoCredit = draw.chance(0.1)
    creditHundreds = hasNoCredit ? 0 : max(100, Int(760 + 320 * wealth))
    wealth = (Double(creditHundreds) - 690) / 385
    bias = 0.35 * draw.bell()
    ownTaste = (0..<ClassicModelsWorld.ownWidth).map { _ in draw.bell() }
  }

  /// The index of a share in a list of shares that add up to 1.
  static func index(of place: Double, in shares: [Double]) -> Int {
    var sum = 0.0
    for (index, share) in shares.enumerated() {
      sum += share
      if place < sum { return index }
    }
    return shares.count - 1
  }
}

/// A product.
struct ClassicModelsProduct {
  var code = ""
  var name = ""
  var line = 0
  var scale = 0
  var vendor = ""
  var stock = 0
  var buyCents = 0
  var retailCents = 0
  /// The price in standard deviations from its mean.
  var dearness = 0.0
  var bias = 0.0
  /// What only ratings tell.
  var character: [Double] = []
  /// How often it is rated, as a logarithm.
  var fame = 0.0

  /// Draws a product.
  init(index: Int, world: ClassicModelsWorld, seed: UInt64) {
    var draw = SeededGenerator(CounterRandom(seed: seed, stream: 2).split(UInt64(index)))
    line = Self.pickLine(draw.uniform())
    scale = ClassicModelsCustomer.index(
      of: draw.uniform(), in: ClassicModelsWorld.scales.map(\.share))
    let kind = world.lines[line]
    let text = ClassicModelsWorld.scales[scale].text.dropFirst(2)
    // Numbers never repeat, as 13 and 9000 have no common divisor.
    code = "S\(text)_\(1_000 + index / 9_000 * 9_000 + index * 13 % 9_000)"
    name = ClassicModelsNames.model(kind.nouns, &draw)
    vendor = ClassicModelsNames.vendor(&draw)
    stock = 15 + Int(9_900 * draw.uniform())
    let noise = draw.bell()
    retailCents = max(2_500, Int(100 * (kind.price + 38 * noise)))
    buyCents = Int(Double(retailCents) * (0.42 + 0.22 * draw.uniform()))
    dearness = (Double(retailCents) / 100 - 95) / 40
    bias = 0.35 * draw.bell()
    character = (0..<ClassicModelsWorld.ownWidth).map { _ in draw.bell() }
    fame = 0.6 * draw.bell()
  }

  /// Cars are more than half of what there is.
  private static func pickLine(_ place: Double) -> Int {
    ClassicModelsCustomer.index(of: place, in: [0.34, 0.12, 0.11, 0.08, 0.04, 0.10, 0.21])
  }
}

extension ClassicModelsWorld {
  /// What columns of a customer and a product say about a rating, in stars beside 3.
  func featureScore(_ customer: ClassicModelsCustomer, _ product: ClassicModelsProduct) -> Double {
    let taste = countries[customer.country].taste
    let direction = lines[product.line].direction
    return 0.55 * Self.dot(taste, direction) + 0.40 * customer.wealth * product.dearness
      + 0.30 * (customer.state == nil ? -1 : 1) * Self.scales[product.scale].size
  }

  /// The whole truth about a rating but for its noise, in stars beside 3.
  func score(_ customer: ClassicModelsCustomer, _ product: ClassicModelsProduct) -> Double {
    featureScore(customer, product) + customer.bias + product.bias
      + 0.45 * Self.dot(customer.ownTaste, product.character)
  }

  static func dot(_ first: [Double], _ second: [Double]) -> Double {
    zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

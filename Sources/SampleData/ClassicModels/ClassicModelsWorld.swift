// What all made-up shops share: the lines of models they sell, the countries they sell to, and how
// the one likes the other. The seed only decides which customers and products a database gets.
//
// The truth behind a rating, in stars:
//
//     3 + user bias + item bias
//       + 0.55 * (taste of the country . direction of the line)
//       + 0.40 * (credit limit of the customer * price of the product, both standardised)
//       + 0.30 * (1 if the customer has a state, else -1) * (size of the scale)
//       + 0.45 * (the customer's own taste . the product's own character) + noise
//
// rounded to a whole number from 1 to 5. The second to fourth lines can be read from columns, and
// so hold for new customers and products; the last can only be learnt from ratings.

internal import NumericCore

/// The fixed parts of the world.
struct ClassicModelsWorld: Sendable {
  struct Line: Sendable {
    let name: String
    let description: String
    let nouns: [String]
    /// The usual price in dollars.
    let price: Double
    /// What the line is like, of unit length.
    let direction: [Double]
  }

  struct Country: Sendable {
    let name: String
    let territory: String
    let states: [String]
    let taste: [Double]
    /// The share of customers.
    let share: Double
    let phone: String
  }

  static let tasteWidth = 4
  static let ownWidth = 3

  let lines: [Line]
  let countries: [Country]
  /// The printed scale, its share, and its size from -1 (small models) to 1 (large ones).
  static let scales: [(text: String, share: Double, size: Double)] = [
    ("1:10", 0.08, 1.3), ("1:12", 0.09, 1.0), ("1:18", 0.36, 0.5), ("1:24", 0.24, 0.0),
    ("1:32", 0.07, -0.4), ("1:50", 0.04, -0.9), ("1:72", 0.04, -1.2), ("1:700", 0.08, -1.7),
  ]

  init() {
    var draw = SeededGenerator(seed: 0, stream: 2)
    func direction() -> [Double] {
      let raw = (0..<Self.tasteWidth).map { _ in draw.bell() }
      let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return raw.map { $0 / length }
    }
    lines = Self.lineTexts.map { text in
      Line(
        name: text.name, description: text.description, nouns: text.nouns, price: text.price,
        direction: direction())
    }
    let total = Self.countryTexts.reduce(0) { $0 + $1.share }
    countries = Self.countryTexts.map { text in
      Country(
        name: text.name, territory: text.territory, states: text.states,
        taste: (0..<Self.tasteWidth).map { _ in draw.bell() }, share: text.share / total,
        phone: text.phone)
    }
  }

  private static let lineTexts:
    [(name: String, description: String, nouns: [String], price: Double)] = [
      (
        "Classic Cars", "Touring and sports cars with doors that open and painted interiors.",
        ["Tourer", "Coupe", "Roadster", "Sedan", "Speedster"], 108
      ),
      (
        "Motorcycles", "Two-wheelers with working stands, turning wheels and polished tanks.",
        ["Twin", "Scrambler", "Cruiser", "Sidecar"], 88
      ),
      (
        "Planes", "Aircraft on stands, with folding gear and printed markings.",
        ["Biplane", "Floatplane", "Airliner", "Glider"], 86
      ),
      (
        "Ships", "Rigged hulls of wood and brass, each with a plate of its name.",
        ["Schooner", "Steamer", "Clipper", "Ferry"], 79
      ),
      (
        "Trains", "Engines and wagons that run on rails of their scale.",
        ["Locomotive", "Railcar", "Tank Engine"], 68
      ),
      (
        "Trucks and Buses", "Working vehicles with tipping beds and numbered panels.",
        ["Flatbed", "Double Decker", "Tipper", "Fire Engine"], 95
      ),
      (
        "Vintage Cars", "Carriages of the first motoring years with spoked wheels.",
        ["Phaeton", "Landau", "Town Car", "Runabout"], 82
      ),
    ]

  private static let countryTexts:
    [(name: String, territory: String, states: [String], share: Double, phone: String)] = [
      ("USA", "NA", ["CA", "MA", "NY", "PA", "CT", "NV", "NJ", "NH"], 0.29, "+1"),
      ("Germany", "EMEA", [], 0.11, "+49"), ("France", "EMEA", [], 0.10, "+33"),
      ("Spain", "EMEA", [], 0.06, "+34"),
      ("Australia", "APAC", ["NSW", "Victoria", "Queensland"], 0.05, "+61"),
      ("UK", "EMEA", ["Isle of Wight", ""], 0.05, "+44"), ("Italy", "EMEA", [], 0.04, "+39"),
      ("New Zealand", "APAC", [], 0.04, "+64"), ("Canada", "NA", ["BC", "Québec"], 0.03, "+1"),
      ("Finland", "EMEA", [], 0.03, "+358"), ("Switzerland", "EMEA", [], 0.03, "+41"),
      ("Norway", "EMEA", [], 0.03, "+47"), ("Denmark", "EMEA", [], 0.02, "+45"),
      ("Sweden", "EMEA", [], 0.02, "+46"), ("Austria", "EMEA", [], 0.02, "+43"),
      ("Belgium", "EMEA", [], 0.02, "+32"), ("Portugal", "EMEA", [], 0.02, "+351"),
      ("Ireland", "EMEA", ["Co. Cork"], 0.02, "+353"), ("Singapore", "Japan", [], 0.02, "+65"),
      ("Japan", "Japan", ["Tokyo", "Osaka"], 0.02, "+81"), ("Poland", "EMEA", [], 0.01, "+48"),
    ]
}

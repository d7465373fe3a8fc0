// The rows of the made-up database, table by table.

internal import Connectors
internal import NumericCore

/// Writes the rows of one database.
struct ClassicModelsRows {
  private let generator: ClassicModelsGenerator
  private let writer: SQLiteWriter
  private let world: ClassicModelsWorld
  private static let firstCustomer = 103
  private static let firstOrder = 10_100
  private static let firstEmployee = 1_002
  private static let salesStaff = 17

  init(_ generator: ClassicModelsGenerator, _ writer: SQLiteWriter) {
    self.generator = generator
    self.writer = writer
    world = generator.world
  }

  func write(progress: (Int) throws -> Void) throws -> GeneratedClassicModels {
    try writeStaff()
    let products = (0..<generator.products).map {
      ClassicModelsProduct(index: $0, world: world, seed: generator.seed)
    }
    try write(products)
    var customer = SeededGenerator(seed: generator.seed, stream: 4)
    var number = Self.firstCustomer
    // Kept, as tables are written one after the other: 100 bytes each.
    var customers: [ClassicModelsCustomer] = []
    for index in 0..<generator.customers {
      customers.append(
        ClassicModelsCustomer(
          index: index, number: number, cities: 2 * generator.customers, world: world,
          seed: generator.seed))
      number += 1 + Int(6 * customer.uniform())
      try write(customers[index], &customer)
      try progress(0)
    }
    let orders = try writeOrders(customers, products) { try progress(0) }
    return try writeRatings(customers, products, orders: orders, progress: progress)
  }

  // MARK: - Products and staff

  private func write(_ products: [ClassicModelsProduct]) throws {
    for line in world.lines {
      try writer.insert(
        into: "productlines", [.text(line.name), .text(line.description), .null, .null])
    }
    for product in products {
      let scale = ClassicModelsWorld.scales[product.scale].text
      let line = world.lines[product.line].name
      try writer.insert(
        into: "products",
        [
          .text(product.code), .text(product.name), .text(line), .text(scale),
          .text(product.vendor), .text("\(product.name) in \(scale), by \(product.vendor)."),
          .integer(product.stock), .cents(product.buyCents), .cents(product.retailCents),
        ])
    }
  }

  private func writeStaff() throws {
    var draw = SeededGenerator(seed: 0, stream: 5)
    let offices = ["USA", "USA", "USA", "France", "Japan", "Australia", "UK"]
    for (index, country) in offices.enumerated() {
      let place = world.countries.firstIndex { $0.name == country } ?? 0
      try writer.insert(
        into: "offices",
        [
          .text(String(index + 1)),
          .text(ClassicModelsNames.city(ofCountry: place, spread: 8, &draw).trimmed),
          .text("\(world.countries[place].phone) \(ClassicModelsNames.digits(9, &draw))"),
          .text(ClassicModelsNames.street(&draw)), .null, .null, .text(country),
          .text(ClassicModelsNames.digits(5, &draw)), .text(world.countries[place].territory),
        ])
    }
    let titles =
      ["President", "VP Sales", "VP Marketing", "Sales Manager (APAC)", "Sales Manager (EMEA)"]
      + ["Sales Manager (NA)"] + Array(repeating: "Sales Rep", count: Self.salesStaff)
    for (index, title) in titles.enumerated() {
      let first = ClassicModelsNames.firstNames[index % ClassicModelsNames.firstNames.count]
      let last = ClassicModelsNames.lastNames[index * 7 % ClassicModelsNames.lastNames.count]
      let superior: Int? = index == 0 ? nil : index < 3 ? 0 : index < 6 ? 1 : 3 + index % 3
      try writer.insert(
        into: "employees",
        [
          .integer(Self.firstEmployee + index), .text(last), .text(first),
          .text("x\(ClassicModelsNames.digits(4, &draw))"),
          .text("employee\(index)@models.example"), .text(String(index % offices.count + 1)),
          superior.map { .integer(Self.firstEmployee + $0) } ?? .null, .text(title),
        ])
    }
  }

  // MARK: - Customers and orders

  private func write(
    _ customer: ClassicModelsCustomer, _ draw: inout SeededGenerator
  ) throws {
    let country = world.countries[customer.country]
    let seller = Self.firstEmployee + 6 + Int(Double(Self.salesStaff) * draw.uniform())
    let second: SQLiteValue =
      draw.chance(0.18) ? .text("Level \(1 + Int(9 * draw.uniform()))") : .null
    try writer.insert(
      into: "customers",
      [
        .integer(customer.number), .text(ClassicModelsNames.firm(&draw)),
        .text(ClassicModelsNames.pick(ClassicModelsNames.lastNames, &draw)),
        .text(ClassicModelsNames.pick(ClassicModelsNames.firstNames, &draw)),
        .text("\(country.phone) \(ClassicModelsNames.digits(8, &draw))"),
        .text(ClassicModelsNames.street(&draw)), second, .text(customer.city),
        customer.state.map { .text($0) } ?? .null,
        customer.postalCode.map { .text($0) } ?? .null, .text(country.name),
        draw.chance(0.15) ? .null : .integer(seller), .cents(customer.creditHundreds * 10_000),
      ])
  }

  /// Writes orders with their details, and payments; returns the number of orders.
  private func writeOrders(
    _ customers: [ClassicModelsCustomer], _ products: [ClassicModelsProduct],
    progress: () throws -> Void
  ) throws -> Int {
    var count = 0
    for (index, customer) in customers.enumerated() {
      try progress()
      var draw = SeededGenerator(
        CounterRandom(seed: generator.seed, stream: 6).split(UInt64(index)))
      for _ in 0..<Int(5.5 * draw.uniform()) {
        let order = Self.firstOrder + count
        let day = Int(900 * draw.uniform())
        let isShipped = draw.chance(0.93)
        try writer.insert(
          into: "orders",
          [
            .integer(order), .date(day), .date(day + 8), isShipped ? .date(day + 3) : .null,
            .text(isShipped ? "Shipped" : "In Process"), .null, .integer(customer.number),
          ])
        let lines = min(products.count, 1 + Int(17 * draw.uniform()))
        var total = 0
        for (line, product) in world.chosen(lines, customer, products, &draw).enumerated() {
          let quantity = 15 + Int(36 * draw.uniform())
          let price = Int(Double(products[product].retailCents) * (0.8 + 0.2 * draw.uniform()))
          total += quantity * price
          try writer.insert(
            into: "orderdetails",
            [
              .integer(order), .text(products[product].code), .integer(quantity), .cents(price),
              .integer(line + 1),
            ])
        }
        if isShipped {
          try writer.insert(
            into: "payments",
            [
              .integer(customer.number), .text("CK\(order)"), .date(day + 12), .cents(total),
            ])
        }
        count += 1
      }
    }
    return count
  }

  // MARK: - Ratings

  private func writeRatings(
    _ customers: [ClassicModelsCustomer], _ products: [ClassicModelsProduct], orders: Int,
    progress: (Int) throws -> Void
  ) throws -> GeneratedClassicModels {
    var (count, raters, sum, squares) = (0, 0, 0, 0)
    var (featureError, bestError) = (0.0, 0.0)
    for (index, customer) in customers.enumerated() {
      let ratings = world.ratings(
        ofCustomer: index, customer, products: products, seed: generator.seed)
      for rating in ratings {
        try writer.insert(
          into: "ratings",
          [
            .integer(customer.number), .text(products[rating.product].code),
            .integer(rating.stars),
          ])
        let stars = Double(rating.stars)
        featureError += (stars - rating.expectedOfFeatures) * (stars - rating.expectedOfFeatures)
        bestError += (stars - rating.expected) * (stars - rating.expected)
        sum += rating.stars
        squares += rating.stars * rating.stars
      }
      count += ratings.count
      raters += ratings.isEmpty ? 0 : 1
      try progress(index + 1)
    }
    let rows = Double(max(1, count))
    let mean = Double(sum) / rows
    return GeneratedClassicModels(
      customers: customers.count, products: products.count, orders: orders, ratings: count,
      raters: raters, meanRating: mean,
      globalMeanRMSE: max(0, Double(squares) / rows - mean * mean).squareRoot(),
      featureRMSE: (featureError / rows).squareRoot(), bestRMSE: (bestError / rows).squareRoot())
  }
}

extension SQLiteValue {
  /// An amount of money.
  fileprivate static func cents(_ cents: Int) -> SQLiteValue { .real(Double(cents) / 100) }

  /// A day, counted from the start of 2003 in months of 28 days.
  fileprivate static func date(_ day: Int) -> SQLiteValue {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
    return .text("\(2003 + day / 336)-\(two(1 + day / 28 % 12))-\(two(1 + day % 28))")
  }
}

extension String {
  fileprivate var trimmed: String { String(trimmingPrefix { $0 == " " }.prefix { $0 != " " }) }
}

// The invented telecom: who its customers are, and why they leave. The population is fixed; the
// seed only decides which customers a file gets, so files of different seeds are samples of the
// same world. All draws are integer arithmetic and plain products, the same on every machine.

internal import NumericCore

/// One customer, with numbers as they are printed: what a reader of the file cannot see does not
/// influence the chance to leave.
struct GeneratedCustomer {
  /// The services of which an internet customer has some, in the order of the columns.
  static let addOns = [
    "online_security", "online_backup", "device_protection", "tech_support", "streaming_tv",
    "streaming_movies",
  ]

  enum Contract: Int { case monthly, oneYear, twoYears }
  enum Internet: Int { case none, dsl, fiber }
  enum Payment: Int { case electronicCheck, mailedCheck, bankTransfer, creditCard }

  var isFemale = false
  var age: Int?
  var hasPartner = false
  var hasDependents = false
  var city = 0
  var tenure = 0
  /// The day of the month and the second of the day of the sign-up.
  var signupDay = 0
  var signupSecond = 0
  var contract = Contract.monthly
  var payment: Payment?
  var isPaperless = false
  var hasPhone = false
  var hasMultipleLines = false
  var internet = Internet.none
  /// Bit k: has add-on k.
  var addOns = 0
  var device = 0
  /// The logarithm of the data used per month, before the month's exponential is taken.
  var usageLogarithm = 0.0
  /// Tenths of gigabytes; nil if not measured or without internet.
  var usageTenths: Int?
  var monthlyCents = 0
  var totalCents: Int?
  var supportCalls = 0
  /// 1 to 5; nil if the customer did not answer.
  var satisfaction: Int?
  var loyaltyPoints = 0
  var accountManager = 0
  var wantsNewsletter = false
  /// Decides the label.
  var fate = 0.0

  var isSenior: Bool { (age ?? 0) >= 65 }

  func has(_ addOn: Int) -> Bool { addOns >> addOn & 1 == 1 }
}

extension GeneratedCustomer {
  /// Draws the customer of a row, all but the measured usage.
  init(_ random: CounterRandom, _ world: GeneratedWorld) {
    var draw = SeededGenerator(random)
    isFemale = draw.chance(0.5)
    let years = min(94, max(18, Int(46 + 16 * draw.bell())))
    hasPartner = draw.chance(years < 30 ? 0.3 : 0.55)
    hasDependents = draw.chance(hasPartner ? 0.45 : 0.12)
    city = world.city(draw.uniform())

    // Many customers are new, and some have been there as long as the company.
    let place = draw.uniform()
    tenure = draw.chance(0.07) ? 72 : Int(73 * place * (0.35 + 0.65 * place))
    signupDay = 1 + Int(28 * draw.uniform())
    signupSecond = Int(86_400 * draw.uniform())
    let loyalty = Double(tenure) / 72
    let bond = draw.uniform()
    let monthlyShare = 0.82 - 0.55 * loyalty
    contract =
      bond < monthlyShare
      ? .monthly : bond < monthlyShare + 0.12 + 0.13 * loyalty ? .oneYear : .twoYears
    let habit = draw.uniform()
    let automatic = contract == .monthly ? 0.36 : 0.62
    payment =
      habit < automatic
      ? (habit < automatic / 2 ? .bankTransfer : .creditCard)
      : habit < automatic + 0.22 ? .mailedCheck : .electronicCheck
    isPaperless = draw.chance(payment == .mailedCheck ? 0.35 : 0.68)

    let line = draw.uniform()
    internet = line < 0.22 ? .none : line < 0.56 ? .dsl : .fiber
    hasPhone = internet == .none || draw.chance(0.88)
    hasMultipleLines = hasPhone && draw.chance(0.3 + 0.35 * loyalty)
    for (index, share) in [0.30, 0.36, 0.36, 0.31, 0.44, 0.45].enumerated() {
      let isTaken = draw.chance(share + 0.3 * loyalty)
      if internet != .none && isTaken { addOns |= 1 << index }
    }
    device = world.device(draw.uniform())
    usageLogarithm = (internet == .fiber ? 5.5 : 4.4) + 0.6 * draw.bell()

    var dollars = internet == .none ? 13.0 : internet == .dsl ? 38 : 64
    dollars += (hasPhone ? 6 : 0) + (hasMultipleLines ? 5 : 0)
    for addOn in 0..<6 where has(addOn) { dollars += addOn < 4 ? 5 : 9 }
    dollars += 2.5 * draw.bell() - (draw.chance(0.15) ? 0.12 * dollars : 0)
    monthlyCents = Int(100 * max(12, dollars)) / 5 * 5
    let drift = 1 + 0.03 * draw.bell()
    totalCents = tenure == 0 ? nil : Int(Double(tenure * monthlyCents) * drift)

    let trouble = 0.36 + (internet == .fiber ? 0.12 : 0) - (has(3) ? 0.12 : 0)
    while supportCalls < 14 && draw.chance(trouble) { supportCalls += 1 }
    let mood = 3.6 + 1.1 * draw.bell() - 0.3 * Double(min(supportCalls, 4)) + (has(3) ? 0.3 : 0)
    // Who never called is rarely asked, and so his silence says something.
    let isSilent = draw.chance(supportCalls == 0 ? 0.55 : 0.3)
    satisfaction = isSilent ? nil : min(5, max(1, Int(mood)))
    loyaltyPoints = Int(5_000 * draw.uniform())
    accountManager = Int(50 * draw.uniform())
    wantsNewsletter = draw.chance(0.4)
    fate = draw.uniform()

    // Cells that are lost: by chance, or for a reason.
    age = draw.chance(0.03) ? nil : years
    if draw.chance(contract == .monthly ? 0.03 : 0.005) { payment = nil }
  }

  /// Turns the exponential of the usage's logarithm into the printed number.
  mutating func measure(_ gigabytes: Double, _ random: CounterRandom) {
    let isLost = random.uniform(at: .max) < 0.04
    usageTenths = internet == .none || isLost ? nil : Int(10 * gigabytes)
  }

  /// Sets the overall rate to about 26 %.
  private static let baseLogOdds = -1.52

  /// The logarithm of the odds that the customer leaves.
  func logOdds(_ world: GeneratedWorld) -> Double {
    let tenure = Double(self.tenure)
    let dollars = Double(monthlyCents) / 100
    var odds = Self.baseLogOdds - 2.4 * tenure / (tenure + 14)
    switch contract {
    case .monthly: odds += 1.2
    // Around the end of the first term customers look around.
    case .oneYear: odds += -0.3 + (10...13 ~= self.tenure ? 1.2 : 0)
    case .twoYears: odds += -1.5 + (22...25 ~= self.tenure ? 1.2 : 0)
    }
    switch internet {
    case .none: odds -= 0.7
    case .dsl: break
    case .fiber:
      odds += 0.5 + (has(0) || has(3) ? 0 : 0.6) + (isSenior ? 0.4 : 0)
    }
    // Value for money: dear and unused, or dear while on no contract.
    odds += 0.015 * max(0, dollars - 60)
    if let usageTenths {
      odds += usageTenths < 600 && dollars > 70 ? 0.9 : 0
    } else if internet != .none {
      odds += 0.5
    }
    if contract == .monthly && dollars > 90 { odds += 0.4 }
    switch payment {
    case .electronicCheck: odds += contract == .monthly ? 0.6 : 0.2
    case nil: odds += 0.6
    case .mailedCheck, .bankTransfer, .creditCard: break
    }
    odds += supportCalls >= 4 ? 1.5 : supportCalls >= 2 ? 0.6 : 0
    if let satisfaction {
      odds += 0.55 * Double(3 - satisfaction)
      if satisfaction <= 2 && supportCalls >= 2 { odds += 0.7 }
    } else {
      odds += 0.35
    }
    if let age { odds += age < 28 ? 0.5 : age > 58 && !isSenior ? -0.3 : 0 }
    if hasDependents && hasPartner { odds -= 0.4 }
    if has(4) && has(5) { odds -= 0.25 }
    return odds + world.cityEffects[city] + world.deviceEffects[device]
  }
}

extension SeededGenerator {
  /// Returns true with a probability.
  mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Returns a nearly normal number of mean 0 and variance 1 within ±3.5: the sum of four uniform
  /// ones from one word.
  mutating func bell() -> Double {
    let bits = next()
    let sum =
      (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48 & 0xffff)
    return (Double(sum) / 65_536 - 2) * 1.732_050_807_568_877_2
  }
}

// The customer as a line of CSV. Numbers are written by hand into bytes: String formatting would
// take longer than all else together.

extension GeneratedCustomer {
  /// The names of the columns, in order.
  static let header =
    "customer_id,gender,age,senior_citizen,partner,dependents,region,city,signup_date,tenure_months,"
    + "contract,payment_method,paperless_billing,phone_service,multiple_lines,internet_service,"
    + addOns.joined(separator: ",")
    + ",device,data_usage_gb,monthly_charges,total_charges,support_calls,satisfaction,"
    + "loyalty_points,account_manager,newsletter,churn\n"

  /// More than the bytes of the longest line.
  static let lineCapacity = 360

  private static let contracts: [StaticString] = ["Month-to-month", "One year", "Two year"]
  private static let payments: [StaticString] = [
    "Electronic check", "Mailed check", "Bank transfer (automatic)", "Credit card (automatic)",
  ]
  private static let internets: [StaticString] = ["No", "DSL", "Fiber optic"]
  /// The month after the last one that the table tells of: January 2025.
  private static let lastMonth = 2025 * 12

  /// Appends the line of a row.
  func write(row: Int, hasChurned: Bool, to line: inout LineBuffer) {
    line.append("C")
    line.append(row + 1, digits: 9)
    line.separate()
    line.append(isFemale ? "Female" : "Male")
    line.separate()
    if let age { line.append(age) }
    line.separate()
    if age != nil { line.append(isSenior ? 1 : 0) }
    line.separate()
    line.append(yes: hasPartner)
    line.append(yes: hasDependents)
    line.append(GeneratedWorld.regions[city % GeneratedWorld.regions.count])
    line.append(",city_")
    line.append(city, digits: 4)
    line.separate()

    let month = Self.lastMonth - 1 - tenure
    line.append(month / 12)
    line.append("-")
    line.append(month % 12 + 1, digits: 2)
    line.append("-")
    line.append(signupDay, digits: 2)
    line.append(" ")
    line.append(signupSecond / 3_600, digits: 2)
    line.append(":")
    line.append(signupSecond / 60 % 60, digits: 2)
    line.append(":")
    line.append(signupSecond % 60, digits: 2)
    line.separate()
    line.append(tenure)
    line.separate()

    line.append(Self.contracts[contract.rawValue])
    line.separate()
    if let payment { line.append(Self.payments[payment.rawValue]) }
    line.separate()
    line.append(yes: isPaperless)
    line.append(yes: hasPhone)
    if hasPhone { line.append(yes: hasMultipleLines) } else { line.append("No phone service,") }
    line.append(Self.internets[internet.rawValue])
    line.separate()
    for addOn in 0..<Self.addOns.count {
      if internet == .none {
        line.append("No internet service,")
      } else {
        line.append(yes: has(addOn))
      }
    }
    line.append(GeneratedWorld.devices[device])
    line.separate()
    if let usageTenths { line.append(usageTenths, decimals: 1) }
    line.separate()
    line.append(monthlyCents, decimals: 2)
    line.separate()
    if let totalCents { line.append(totalCents, decimals: 2) }
    line.separate()
    line.append(supportCalls)
    line.separate()
    if let satisfaction { line.append(satisfaction) }
    line.separate()
    line.append(loyaltyPoints)
    line.append(",AM")
    line.append(accountManager, digits: 2)
    line.separate()
    line.append(yes: wantsNewsletter)
    line.append(hasChurned ? "Yes\n" : "No\n")
  }
}

/// Bytes that lines of text are appended to; the room is taken once and reused.
struct LineBuffer {
  private(set) var bytes: [UInt8] = []

  /// Makes room for a number of bytes and forgets the old ones.
  mutating func reset(capacity: Int) {
    bytes.removeAll(keepingCapacity: true)
    bytes.reserveCapacity(capacity)
  }

  mutating func append(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func separate() { bytes.append(UInt8(ascii: ",")) }

  /// Appends "Yes," or "No,".
  mutating func append(yes: Bool) { append(yes ? "Yes," : "No,") }

  /// Appends a non-negative number with at least `digits` digits.
  mutating func append(_ number: Int, digits: Int = 1) {
    var divisor = 1
    var width = 1
    while width < digits || number / divisor >= 10 {
      divisor *= 10
      width += 1
    }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
      divisor /= 10
    }
  }

  /// Appends a non-negative number of hundredths or tenths as a decimal.
  mutating func append(_ number: Int, decimals: Int) {
    let scale = decimals == 1 ? 10 : 100
    append(number / scale)
    bytes.append(UInt8(ascii: "."))
    append(number % scale, digits: decimals)
  }
}

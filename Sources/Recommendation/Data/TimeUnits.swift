// Counts since 1970 in several units: what is in milliseconds would be far behind all seconds.

/// The units of times that are plain numbers.
enum TimeUnits {
  /// The least numbers that mean instants after 1973 in a unit, and before the year 5000.
  private static let units: [(least: Double, name: String)] = [
    (1e8, "seconds"), (1e11, "milliseconds"), (1e14, "microseconds"), (1e17, "nanoseconds"),
  ]
  private static let limit = 1e20

  /// The first rows in two different units, by what their numbers mean if they are instants; nil if
  /// all are in one, or some are too small to be instants.
  static func mixture(
    of times: [Double]
  ) -> (first: (row: Int, unit: String), second: (row: Int, unit: String))? {
    var first: (row: Int, unit: Int)?
    var second: (row: Int, unit: Int)?
    for (row, time) in times.enumerated() {
      guard time < limit, let unit = units.lastIndex(where: { time >= $0.least }) else {
        return nil
      }
      if let first, second == nil, unit != first.unit { second = (row, unit) }
      if first == nil { first = (row, unit) }
    }
    guard let first, let second else { return nil }
    return ((first.row, units[first.unit].name), (second.row, units[second.unit].name))
  }
}

// What all customers of the invented telecom share: its cities, regions and devices, how common
// they are and how much they matter.

internal import NumericCore

/// The frequencies and effects of the columns with many values; always the same.
struct GeneratedWorld: Sendable {
  /// The number of cities, in the order of their size: city k has a share like (k + 6)^-1.5.
  ///
  /// The largest has 8 % of the customers; half the cities have less than 0.002 % each.
  static let cityCount = 3_000
  /// City k lies in region k mod 30.
  static let regions = [
    "Alder Valley", "Amber Coast", "Ashford", "Birchland", "Blue Ridge", "Briarwood", "Cedar Falls",
    "Clearwater", "Copper Hills", "Dunmore", "Eastmarch", "Elk Plains", "Fairhaven", "Fernside",
    "Glenmoor", "Granite Bay", "Harrowgate", "Highfield", "Iron Range", "Juniper", "Lakeshire",
    "Maple Grove", "Northreach", "Oakhurst", "Pinecrest", "Riverbend", "Saltmarsh", "Stonebridge",
    "Westvale", "Willow Creek",
  ]
  static let devices = [
    "Nova 12", "Nova 14", "Orbit S", "Orbit X", "Pebble", "Kite Mini", "Kite Pro", "Basic phone",
  ]

  /// What living in each city adds to the log odds: a part of its region and one of its own.
  let cityEffects: [Double]
  /// What each device adds to the log odds.
  let deviceEffects = [0.0, -0.1, 0.05, -0.15, 0.2, 0.1, -0.2, 0.25]
  private let cumulativeCities: [Double]
  private let cumulativeDevices = [0.22, 0.40, 0.56, 0.70, 0.80, 0.88, 0.95, 1]

  init() {
    var draw = SeededGenerator(seed: 0, stream: 1)
    let regionEffects = Self.regions.map { _ in 0.2 * draw.bell() }
    cityEffects = (0..<Self.cityCount).map { city in
      regionEffects[city % Self.regions.count] + 0.2 * draw.bell()
    }
    var total = 0.0
    let sums = (0..<Self.cityCount).map { city in
      let rank = Double(city + 6)
      total += 1 / (rank * rank.squareRoot())
      return total
    }
    cumulativeCities = sums.map { $0 / total }
  }

  /// The city for a number in `0 ..< 1`.
  func city(_ share: Double) -> Int {
    var low = 0
    var high = Self.cityCount - 1
    while low < high {
      let middle = (low + high) / 2
      if cumulativeCities[middle] > share { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The device for a number in `0 ..< 1`.
  func device(_ share: Double) -> Int {
    cumulativeDevices.firstIndex { $0 > share } ?? Self.devices.count - 1
  }
}

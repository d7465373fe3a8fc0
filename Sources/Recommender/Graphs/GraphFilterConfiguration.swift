// The hyperparameters of the graph filter, and their table.

public import Configuration

/// How the graph of items is made; nil stands for a value that a search on a part of the data finds.
public struct GraphFilterConfiguration: Codable, Sendable, Equatable {
  /// The power of a user's number of items that divides what the user counts.
  public var userExponent: Double?
  /// The power of an item's number of users that divides its arcs.
  public var itemExponent: Double?
  /// The power of each arc's weight.
  public var entryPower: Double?
  /// The most arcs of an item.
  public var neighbours = 1_000
  /// The most memory for all arcs, in bytes: an item has fewer where they would not fit.
  public var mostBytes = 2 << 30

  /// Creates the default configuration.
  public init() {}

  /// The exponents; for those left open the values that a search starts from: Turbo-CF with equal
  /// shares for users and items, and a power between those that suit different tables.
  var exponents: (user: Double, item: Double, entry: Double) {
    (userExponent ?? 1, itemExponent ?? 0.5, entryPower ?? 0.7)
  }

  enum CodingKeys: String, CodingKey {
    case userExponent = "user_exponent"
    case itemExponent = "item_exponent"
    case entryPower = "entry_power"
    case neighbours
    case mostBytes = "most_bytes"
  }
}

extension GraphFilterConfiguration: Configurable {
  private static let searched: DefaultRule = "the best of a search on a part of the interactions"

  /// All hyperparameters, in the order of files.
  public static let settings: [Setting<GraphFilterConfiguration>] = [
    Setting(
      "user_exponent", \.userExponent, .number(.closed(0, 2)),
      "The power of a user's number of items that divides what the user counts", auto: searched),
    Setting(
      "item_exponent", \.itemExponent, .number(.closed(0, 2)),
      "The power of an item's number of users that divides its arcs", auto: searched),
    Setting(
      "entry_power", \.entryPower, .number(.closed(0.1, 10)),
      "The power of each arc's weight", auto: searched),
    Setting(
      "neighbours", \.neighbours, .integer(1...1_000_000), "The most arcs of an item"),
    Setting(
      "most_bytes", \.mostBytes, .integer(1...1 << 50),
      "The most memory for all arcs; an item has fewer where they would not fit"),
  ]

  /// Returns this configuration if every value is in its range.
  ///
  /// - Throws: `RecommenderError.parameterOutOfRange`.
  public func validated() throws -> GraphFilterConfiguration {
    if let (setting, found) = Self.settings.outOfRange(in: self) {
      throw RecommenderError.parameterOutOfRange(
        name: setting.key, found: found.shown, expected: setting.expected)
    }
    return self
  }
}

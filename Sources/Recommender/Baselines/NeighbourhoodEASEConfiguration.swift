// The hyperparameters of EASE on neighbours, and the search for its penalty.

public import Configuration
internal import NumericCore

/// How the weights are found; a penalty of nil stands for one that a search on a part of the data
/// finds.
public struct NeighbourhoodEASEConfiguration: Codable, Sendable, Equatable {
  /// The penalty on squared weights.
  public var lambda: Double?
  /// The most neighbours of an item.
  public var neighbours = 300
  /// The most memory for the counts of pairs, and for the weights, in bytes.
  public var mostBytes = 2 << 30

  /// Creates the default configuration.
  public init() {}

  enum CodingKeys: String, CodingKey {
    case lambda, neighbours
    case mostBytes = "most_bytes"
  }
}

extension NeighbourhoodEASEConfiguration: Configurable {
  /// All hyperparameters, in the order of files.
  public static let settings: [Setting<NeighbourhoodEASEConfiguration>] = [
    Setting(
      "lambda", \.lambda, .number(.above(0, 1e9)), "The penalty on squared weights",
      auto: "the best of a search on a part of the interactions"),
    Setting("neighbours", \.neighbours, .integer(1...10_000), "The most neighbours of an item"),
    Setting(
      "most_bytes", \.mostBytes, .integer(1...1 << 50),
      "The most memory for the counts of pairs, and for the weights"),
  ]

  /// Returns this configuration if every value is in its range.
  ///
  /// - Throws: `RecommenderError.parameterOutOfRange`.
  public func validated() throws -> NeighbourhoodEASEConfiguration {
    if let (setting, found) = Self.settings.outOfRange(in: self) {
      throw RecommenderError.parameterOutOfRange(
        name: setting.key, found: found.shown, expected: setting.expected)
    }
    return self
  }
}

extension NeighbourhoodEASEConfiguration {
  /// The users by whom the search judges, and their interactions, at most.
  private static let judges = (users: 10_000, interactions: 60_000)
  /// The most neighbours in the search: a system costs the cube of them.
  private static let searchNeighbours = 50
  /// What the search starts from.
  private static let start = 250.0

  /// The penalty, which a search finds if it was left open.
  func penalty(for interactions: Interactions, seed: UInt64, pool: WorkerPool) throws -> Double {
    if let lambda { return lambda }
    guard
      let validation = try HiddenItems(
        interactions, users: Self.judges.users, interactions: Self.judges.interactions, seed: seed)
    else { return Self.start }
    let gramian = try SparseGramian(validation.rest, mostBytes: mostBytes, pool: pool)
    var first = self
    first.lambda = Self.start
    let found = try searchCoordinates(
      from: first, given: self,
      [SearchedParameter(field: \Self.lambda, values: [3, 10, 30, 100, 250, 500, 1_000])], rounds: 1
    ) {
      let graph = try gramian.graph(
        lambda: $0.lambda ?? Self.start, neighbours: min(neighbours, Self.searchNeighbours),
        pool: pool)
      return try validation.gains { histories, k in
        try graph.recommend(histories, k: k, excluding: histories, pool: pool)
      }
    }
    return found.lambda ?? Self.start
  }
}

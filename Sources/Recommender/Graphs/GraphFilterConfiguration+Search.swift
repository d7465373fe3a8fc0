// The values left open, from a search on a validation part of the interactions.

internal import CKernels
internal import Glibc
internal import NumericCore

extension GraphFilterConfiguration {
  /// The users by whom the search judges, and their interactions, at most: it costs about the same
  /// for all larger tables.
  private static let judges = (users: 10_000, interactions: 100_000)

  /// The values that are tried.
  private static var searched: [SearchedParameter<Self>] {
    [
      SearchedParameter(field: \Self.itemExponent, values: [0.1, 0.3, 0.5, 0.7, 0.9]),
      SearchedParameter(field: \Self.entryPower, values: [0.5, 0.7, 1, 1.3]),
      SearchedParameter(field: \Self.userExponent, values: [0.6, 1, 1.4]),
    ]
  }

  /// Finds values for those left open.
  func completed(
    for interactions: Interactions, seed: UInt64, pool: WorkerPool
  ) throws -> GraphFilterConfiguration {
    var start = self
    (start.userExponent, start.itemExponent, start.entryPower) = exponents
    guard start != self,
      let validation = try HiddenItems(
        interactions, users: Self.judges.users, interactions: Self.judges.interactions, seed: seed)
    else { return start }
    let trials = GraphFilterTrials(validation, pool: pool)
    return try searchCoordinates(
      from: start, given: self, Self.searched, rounds: 2, score: trials.gains)
  }
}

/// Judges configurations on a validation part.
private final class GraphFilterTrials {
  private let validation: HiddenItems
  private let pool: WorkerPool
  /// The logarithms of the co-occurrences for the last user exponent.
  private var pairs: (userExponent: Double, logarithms: SparseRows)?
  /// The logarithms of the items' numbers of users.
  private let degrees: [Float]

  init(_ validation: HiddenItems, pool: WorkerPool) {
    self.validation = validation
    self.pool = pool
    degrees = (0..<validation.rest.items).map {
      logf(Float(max(1, validation.rest.byItem[$0].count)))
    }
  }

  /// The NDCG of each judge.
  func gains(_ configuration: GraphFilterConfiguration) throws -> [Double] {
    let graph = try graph(configuration)
    return try validation.gains { histories, k in
      try graph.recommend(histories, k: k, excluding: histories, pool: pool)
    }
  }

  /// The rows that the validation part needs: only their weights differ for one user exponent.
  private func graph(_ configuration: GraphFilterConfiguration) throws -> ItemGraph {
    let exponents = configuration.exponents
    let pairs = try pairs(configuration)
    let power = Float(exponents.entry)
    let divisors = degrees.map { power * Float(exponents.item) * $0 }
    return ItemGraph(
      arcs: pairs.mapValues(pool: pool) { item, others, logarithms in
        let own = divisors[item]
        for place in logarithms.indices {
          logarithms[place] = power * logarithms[place] - own - divisors[Int(others[place])]
        }
        if let first = logarithms.baseAddress { mlk_exp_float(first, first, logarithms.count) }
      })
  }

  private func pairs(_ configuration: GraphFilterConfiguration) throws -> SparseRows {
    let exponents = configuration.exponents
    if let pairs, pairs.userExponent == exponents.user { return pairs.logarithms }
    pairs = nil
    var raw = GraphFilterConfiguration()
    raw.userExponent = exponents.user
    raw.entryPower = 1
    raw.neighbours = configuration.neighbours
    raw.mostBytes = configuration.mostBytes
    let graph = try GraphFilter.graph(
      validation.rest, raw, needed: Set(validation.kept.indices), pool: pool)
    let itemExponent = Float(raw.exponents.item)
    let logarithms = graph.arcs.mapValues(pool: pool) { [degrees] item, others, weights in
      for place in weights.indices {
        weights[place] =
          logf(weights[place]) + itemExponent * (degrees[item] + degrees[Int(others[place])])
      }
    }
    pairs = (exponents.user, logarithms)
    return logarithms
  }
}

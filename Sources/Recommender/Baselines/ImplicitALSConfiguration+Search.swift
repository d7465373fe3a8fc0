// The penalty and the weight of all pairs, from a search on a validation part of the interactions.
// One pair of values does not fit all tables: the more items there are for each one that is taken,
// the more all pairs outweigh the observed ones.

internal import Glibc
internal import NumericCore

extension ImplicitALSConfiguration {
  /// The users by whom the search judges, and their interactions, at most.
  private static let judges = (users: 2_000, interactions: 100_000)
  /// The most interactions that the search learns from.
  private static let learntInteractions = 300_000
  /// The iterations of the search.
  private static let searchIterations = 6
  /// What the search starts from.
  private static let start = (unobservedWeight: 0.1, relativePenalty: 0.05)

  /// What the search varies.
  private struct Trial: Equatable {
    var unobservedWeight: Double?
    /// The penalty of a user with as many interactions as the mean, divided by their number: unlike
    /// `regularization` it means the same whatever the weight of all pairs and the table.
    var relativePenalty: Double?
  }

  private static var searched: [SearchedParameter<Trial>] {
    [
      SearchedParameter(
        field: \Trial.unobservedWeight, values: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]),
      SearchedParameter(field: \Trial.relativePenalty, values: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]),
    ]
  }

  /// What is minimised, with values that a search finds for those left open.
  func objective(
    for interactions: Interactions, seed: UInt64, pool: WorkerPool
  ) throws -> LeastSquaresObjective {
    let start = Trial(
      unobservedWeight: unobservedWeight ?? Self.start.unobservedWeight,
      relativePenalty: Self.start.relativePenalty)
    guard regularization == nil || unobservedWeight == nil,
      let validation = try HiddenItems(
        interactions.users(most: Self.learntInteractions, seed: seed),
        users: Self.judges.users, interactions: Self.judges.interactions, seed: seed)
    else { return objective(start, for: interactions) }
    // A penalty that is given needs none that is found.
    let given = Trial(
      unobservedWeight: unobservedWeight,
      relativePenalty: regularization == nil ? nil : start.relativePenalty)
    let found = try searchCoordinates(from: start, given: given, Self.searched, rounds: 2) {
      let model = try ImplicitALS.fit(
        validation.rest, objective($0, for: validation.rest),
        iterations: min(iterations, Self.searchIterations), seed: seed, pool: pool)
      return try validation.gains { histories, k in
        try model.recommend(users: validation.users, k: k, excluding: histories, pool: pool)
      }
    }
    return objective(found, for: interactions)
  }

  private func objective(_ trial: Trial, for interactions: Interactions) -> LeastSquaresObjective {
    let weight = trial.unobservedWeight ?? Self.start.unobservedWeight
    let mean = Double(interactions.count) / Double(max(1, interactions.users))
    let rowWeight = pow(mean + weight * Double(interactions.items), frequencyPower)
    let penalty = mean * (trial.relativePenalty ?? Self.start.relativePenalty)
    return LeastSquaresObjective(
      factors: factors, regularization: regularization ?? penalty / rowWeight,
      frequencyPower: frequencyPower, unobservedWeight: weight)
  }
}

extension ImplicitALS {
  /// The `k` best items of some users.
  fileprivate func recommend(
    users chosen: [Int], k: Int, excluding: SparseRows, pool: WorkerPool
  ) throws -> RankedItems {
    let vectors = Matrix<Float>(
      rows: chosen.count, columns: users.columns, elements: chosen.flatMap { users.row($0) })
    return try ExactIndex(items).search(vectors, k: k, excluding: excluding, pool: pool)
  }
}

extension Interactions {
  /// The interactions of as many users as together have at most `most`, with their ratings, drawn at
  /// random; all if there are no more.
  func users(most: Int, seed: UInt64) throws -> Interactions {
    guard count > most else { return self }
    var generator = SeededGenerator(seed: seed, stream: 1)
    var chosen: [Int] = []
    var size = 0
    for user in (0..<users).shuffled(using: &generator) {
      size += byUser[user].count
      guard size <= most || chosen.isEmpty else { break }
      chosen.append(user)
    }
    let rows = byUser.rows(chosen.sorted())
    let owners = (0..<rows.rows).flatMap { row in rows[row].map { _ in Int32(row) } }
    return try Interactions(
      users: owners, items: rows.indices, ratings: rows.values, userCount: rows.rows,
      itemCount: items)
  }
}

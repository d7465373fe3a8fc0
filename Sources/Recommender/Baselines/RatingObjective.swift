// What the factors of ratings minimise, and the search for its parameters on a validation part of
// the ratings. A table of few ratings is best served by few factors and high penalties; in the end
// the biases alone remain.

internal import Glibc
internal import NumericCore

/// The dimension and the penalties of `RatingFactors`.
struct RatingObjective: Equatable {
  /// The width of the factors; at least 1.
  var dimension: Int
  /// The penalty on the squared factors of a row with one rating; above 0.
  var penalty: Double
  /// The power of a row's number of ratings in its penalty; 0 for the same penalty for all.
  var frequencyPower: Double
  /// The penalty on squared biases.
  var shrinkage = 5.0

  /// The penalty on the squared factors of a row.
  func penalty(count: Int) -> Double { penalty * pow(Double(count), frequencyPower) }
}

extension RatingObjective {
  /// The share of the ratings that validates, one in so many.
  private static let share = 10
  /// The most ratings that the search takes.
  private static let searchedRatings = 300_000

  /// What the search varies.
  private struct Trial: Equatable {
    var dimension: Double? = 16
    /// The penalty of a row with as many ratings as the mean of all users, divided by their number.
    var relativePenalty: Double? = 0.1
    var frequencyPower: Double? = 0.5

    func objective(for interactions: Interactions) -> RatingObjective {
      let power = frequencyPower ?? 0
      let mean = Double(interactions.count) / Double(max(1, interactions.users))
      return RatingObjective(
        dimension: Int(dimension ?? 1), penalty: (relativePenalty ?? 0) * pow(mean, 1 - power),
        frequencyPower: power)
    }
  }

  private static var searched: [SearchedParameter<Trial>] {
    [
      SearchedParameter(
        field: \Trial.relativePenalty, values: [0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.4, 0.8, 1.6]),
      SearchedParameter(field: \Trial.dimension, values: [2, 4, 8, 16, 32, 64]),
      SearchedParameter(field: \Trial.frequencyPower, values: [0, 0.5, 1]),
    ]
  }

  /// The objective that is best on ratings that are set aside.
  ///
  /// - Throws: `RecommenderError`.
  static func found(
    for interactions: Interactions, seed: UInt64, pool: WorkerPool
  ) throws -> RatingObjective {
    guard interactions.count > 0 else { throw RecommenderError.noInteractions }
    guard interactions.isRated else { throw RecommenderError.noRatings }
    let some = try interactions.users(most: searchedRatings, seed: seed)
    var open = Trial()
    guard let (rest, held) = try some.divided(oneIn: share, seed: seed) else {
      return open.objective(for: interactions)
    }
    (open.dimension, open.relativePenalty, open.frequencyPower) = (nil, nil, nil)
    let best = try searchCoordinates(from: Trial(), given: open, searched, rounds: 2) { trial in
      try RatingFactors.fit(rest, trial.objective(for: rest), seed: seed, pool: pool)
        .squaredErrors(held).map { -$0 }
    }
    return best.objective(for: interactions)
  }
}

extension Interactions {
  /// The interactions without one in so many, drawn at random, and these; nil if one side is empty.
  fileprivate func divided(
    oneIn share: Int, seed: UInt64
  ) throws -> (rest: Interactions, held: Interactions)? {
    var generator = SeededGenerator(seed: seed, stream: 2)
    let held = Set((0..<count).shuffled(using: &generator).prefix(count / share))
    guard !held.isEmpty, held.count < count else { return nil }
    let owners = (0..<users).flatMap { user in byUser[user].map { _ in Int32(user) } }
    func part(_ places: [Int]) throws -> Interactions {
      try Interactions(
        users: places.map { owners[$0] }, items: places.map { byUser.indices[$0] },
        ratings: byUser.values.map { values in places.map { values[$0] } }, userCount: users,
        itemCount: items)
    }
    return (
      try part((0..<count).filter { !held.contains($0) }), try part(held.sorted())
    )
  }
}

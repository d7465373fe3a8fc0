// Steps of squared error: some ratings in a random order, each distinct user and item encoded once.

internal import CKernels
internal import NumericCore

/// An epoch is a pass over the ratings in a random order.
final class RatingSteps: TrainingSteps {
  private let userOf: [Int32]
  private let itemOf: [Int32]
  private let ratings: [Float]
  private let configuration: TwoTowerConfiguration
  private let random: CounterRandom

  init(_ interactions: Interactions, configuration: TwoTowerConfiguration, random: CounterRandom) {
    var userOf: [Int32] = []
    for user in 0..<interactions.users {
      userOf += [Int32](repeating: Int32(user), count: interactions.byUser[user].count)
    }
    self.userOf = userOf
    itemOf = interactions.byUser.indices
    ratings = interactions.byUser.values ?? []
    self.configuration = configuration
    self.random = random
  }

  func epoch(_ epoch: Int, users: TowerSide, items: TowerSide, pool: WorkerPool) -> Double {
    var generator = SeededGenerator(random.split(UInt64(epoch)))
    let order = (0..<Int32(ratings.count)).shuffled(using: &generator)
    var total = 0.0
    for start in stride(from: 0, to: order.count, by: configuration.ratingsPerStep) {
      let chosen = order[start..<min(order.count, start + configuration.ratingsPerStep)]
      let (userPlaces, chosenUsers) = Self.distinct(chosen.map { userOf[Int($0)] })
      let (itemPlaces, chosenItems) = Self.distinct(chosen.map { itemOf[Int($0)] })
      users.forward(chosenUsers, pool: pool)
      items.forward(chosenItems, pool: pool)
      total += RatingError.compute(
        users: users.pass.output, items: items.pass.output, userPlaces: userPlaces,
        itemPlaces: itemPlaces, ratings: chosen.map { ratings[Int($0)] },
        userGradient: users.pass.outputGradient, itemGradient: items.pass.outputGradient)
      users.step(pool: pool)
      items.step(pool: pool)
    }
    return total / Double(max(1, ratings.count))
  }

  /// The distinct entities in ascending order, and the place of each given one among them.
  private static func distinct(_ entities: [Int32]) -> (places: [Int32], entities: [Int32]) {
    let distinct = Set(entities).sorted()
    let placeOf = Dictionary(
      uniqueKeysWithValues: distinct.enumerated().map { ($0.element, Int32($0.offset)) })
    return (entities.map { placeOf[$0] ?? 0 }, distinct)
  }
}

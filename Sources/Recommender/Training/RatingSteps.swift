// Steps of squared error: some ratings in a random order, each distinct user and item encoded once.

internal import NumericCore

/// An epoch is a pass over the ratings in a random order.
final class RatingSteps: TrainingSteps {
  private let userOf: [Int32]
  private let itemOf: [Int32]
  private let ratings: [Float]
  private let ratingsPerStep: Int
  private let random: CounterRandom
  private var users: DistinctEntities
  private var items: DistinctEntities

  init(_ interactions: Interactions, configuration: TwoTowerConfiguration, random: CounterRandom) {
    var userOf: [Int32] = []
    for user in 0..<interactions.users {
      userOf += [Int32](repeating: Int32(user), count: interactions.byUser[user].count)
    }
    self.userOf = userOf
    itemOf = interactions.byUser.indices
    ratings = interactions.byUser.values ?? []
    ratingsPerStep = configuration.ratingsPerStep(of: interactions.count)
    self.random = random
    users = DistinctEntities(among: interactions.users)
    items = DistinctEntities(among: interactions.items)
  }

  func epoch(_ epoch: Int, users: TowerSide, items: TowerSide, pool: WorkerPool) -> Double {
    var generator = SeededGenerator(random.split(UInt64(epoch)))
    let order = (0..<Int32(ratings.count)).shuffled(using: &generator)
    var total = 0.0
    for start in stride(from: 0, to: order.count, by: ratingsPerStep) {
      let chosen = order[start..<min(order.count, start + ratingsPerStep)]
      self.users.update(chosen.map { userOf[Int($0)] })
      self.items.update(chosen.map { itemOf[Int($0)] })
      Self.onBothSides(pool) { isItems in
        if isItems {
          items.forward(self.items.entities, pool: pool)
        } else {
          users.forward(self.users.entities, pool: pool)
        }
      }
      total += RatingError.compute(
        users: users.pass.output, items: items.pass.output, userPlaces: self.users.places,
        itemPlaces: self.items.places, ratings: chosen.map { ratings[Int($0)] },
        userGradient: users.pass.outputGradient, itemGradient: items.pass.outputGradient,
        pool: pool)
      Self.onBothSides(pool) { isItems in (isItems ? items : users).step(pool: pool) }
    }
    return total / Double(max(1, ratings.count))
  }

  /// Does something for users and for items: each of two threads takes one of the towers whole,
  /// more threads share one tower after the other.
  private static func onBothSides(_ pool: WorkerPool, _ body: (_ isItems: Bool) -> Void) {
    if pool.freeThreadCount == 2 {
      pool.forEach(count: 2) { side, _ in body(side == 1) }
    } else {
      body(false)
      body(true)
    }
  }
}

/// The distinct ones of some users or items.
struct DistinctEntities {
  /// Each entity once, ascending.
  private(set) var entities: [Int32] = []
  /// The place among `entities` of each entity that was given.
  private(set) var places: [Int32] = []
  /// For each entity its place among `entities`; -1 for those that are not among them.
  private var placeOf: [Int32]

  init(among count: Int) { placeOf = [Int32](repeating: -1, count: count) }

  /// Takes other entities.
  mutating func update(_ given: [Int32]) {
    for entity in entities { placeOf[Int(entity)] = -1 }
    entities.removeAll(keepingCapacity: true)
    for entity in given where placeOf[Int(entity)] < 0 {
      placeOf[Int(entity)] = 0
      entities.append(entity)
    }
    entities.sort()
    for (place, entity) in entities.enumerated() { placeOf[Int(entity)] = Int32(place) }
    places = given.map { placeOf[Int($0)] }
  }
}

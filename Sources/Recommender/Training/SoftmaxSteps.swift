// Steps of the softmax loss: some users with all their items, against all items or a sample. Items
// that nobody took are no candidates: they would only teach their features that nobody wants them.

internal import Glibc
internal import NumericCore

/// An epoch is a pass over the users who took anything, in a random order.
final class SoftmaxSteps: TrainingSteps {
  /// The least steps of an epoch: with a single one, training among few users would be judged, and
  /// stopped, before it has come anywhere.
  private static let leastSteps = 5

  private let interactions: Interactions
  private let configuration: TwoTowerConfiguration
  private let random: CounterRandom
  private let activeUsers: [Int32]
  private let takenItems: [Int32]
  /// The place of each item among those that anybody took.
  private let placeOf: [Int32]
  private let loss: GroupedSoftmax
  private let sampler: CandidateSampler?

  init(_ interactions: Interactions, configuration: TwoTowerConfiguration, random: CounterRandom) {
    self.interactions = interactions
    self.configuration = configuration
    self.random = random
    activeUsers = (0..<Int32(interactions.users)).filter { !interactions.byUser[Int($0)].isEmpty }
    let takenItems = interactions.takenItems
    self.takenItems = takenItems
    var placeOf = [Int32](repeating: -1, count: interactions.items)
    for (place, item) in takenItems.enumerated() { placeOf[Int(item)] = Int32(place) }
    self.placeOf = placeOf
    loss = GroupedSoftmax(temperature: configuration.temperature)
    sampler =
      takenItems.count > configuration.exactItems
      ? CandidateSampler(
        interactions, users: activeUsers.count, uniform: configuration.uniformNegatives) : nil
  }

  func epoch(_ epoch: Int, users: TowerSide, items: TowerSide, pool: WorkerPool) -> Double {
    var generator = SeededGenerator(random.split(UInt64(epoch)))
    let order = activeUsers.shuffled(using: &generator)
    var total = 0.0
    var count = 0
    let usersPerStep = min(
      configuration.usersPerStep, max(1, (order.count + Self.leastSteps - 1) / Self.leastSteps))
    for start in stride(from: 0, to: order.count, by: usersPerStep) {
      let chosen = Array(order[start..<min(order.count, start + usersPerStep)])
      var positives = Positives()
      for user in chosen {
        positives.places += interactions.byUser[Int(user)]
        positives.offsets.append(positives.places.count)
      }
      let candidates = sampler?.draw(&positives, users: chosen.count, &generator) ?? takenItems
      if sampler == nil { positives.places = positives.places.map { placeOf[Int($0)] } }
      users.forward(chosen, pool: pool)
      items.forward(candidates, pool: pool)
      let mean = loss.compute(
        users: users.pass.output, candidates: items.pass.output, positives: positives,
        userGradient: users.pass.outputGradient, candidateGradient: items.pass.outputGradient,
        pool: pool)
      users.step(pool: pool)
      items.step(pool: pool)
      total += mean * Double(positives.places.count)
      count += positives.places.count
    }
    return total / Double(max(1, count))
  }
}

extension Interactions {
  /// The items that anybody took, ascending.
  fileprivate var takenItems: [Int32] {
    (0..<Int32(items)).filter { !byItem[Int($0)].isEmpty }
  }
}

/// Draws the candidates of a step where there are too many items to look at all of them: the items
/// of the step's users and some uniform ones, each once.
struct CandidateSampler {
  /// How many users took each item.
  private let takers: [Int]
  private let takenItems: [Int32]
  private let users: Int
  private let uniform: Int

  init(_ interactions: Interactions, users: Int, uniform: Int) {
    takers = (0..<interactions.items).map { interactions.byItem[$0].count }
    takenItems = interactions.takenItems
    self.users = users
    self.uniform = uniform
  }

  /// Returns the candidates in ascending order, and replaces the items of `positives` by their
  /// places among them.
  func draw(
    _ positives: inout Positives, users chosen: Int, _ generator: inout SeededGenerator
  ) -> [Int32] {
    var wanted = Set(positives.places)
    for _ in 0..<uniform {
      let place = Int32.random(in: 0..<Int32(takenItems.count), using: &generator)
      wanted.insert(takenItems[Int(place)])
    }
    let candidates = wanted.sorted()
    var placeOf: [Int32: Int32] = [:]
    placeOf.reserveCapacity(candidates.count)
    for (place, item) in candidates.enumerated() { placeOf[item] = Int32(place) }
    positives.places = positives.places.map { placeOf[$0] ?? 0 }
    positives.logWeights = candidates.map { item in
      -Float(log(chance(of: Int(item), users: chosen)))
    }
    return candidates
  }

  /// The chance that an item is a candidate for a user who did not take it: unless all the other
  /// users of the step and all uniform draws miss it.
  func chance(of item: Int, users chosen: Int) -> Double {
    let missedByUser = 1 - Double(takers[item]) / Double(max(1, users))
    let missedByDraw = 1 - 1 / Double(takenItems.count)
    // log1p and expm1 keep small chances exact.
    let logMissed =
      Double(chosen - 1) * log(max(missedByUser, 1e-300)) + Double(uniform) * log(missedByDraw)
    return max(-expm1(logMissed), 1e-12)
  }
}

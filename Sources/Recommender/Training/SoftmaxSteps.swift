// Steps of the softmax loss: some users with all their items, against all items or a sample. Items
// that nobody took are no candidates: they would only teach their features that nobody wants them.

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
  private let exact: GroupedSoftmax
  private let sampled: SampledSoftmax
  private var sampler: CandidateSampler?

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
    exact = GroupedSoftmax(temperature: configuration.temperature)
    sampled = SampledSoftmax(temperature: configuration.temperature)
    sampler =
      takenItems.count > configuration.exactItems
      ? CandidateSampler(interactions, draws: configuration.negatives) : nil
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
      let taken = chosen.reduce(0) { $0 + interactions.byUser[Int($1)].count }
      users.forward(chosen, pool: pool)
      let mean = loss(chosen, &generator, users: users, items: items, pool: pool)
      users.step(pool: pool)
      items.step(pool: pool)
      total += mean * Double(taken)
      count += taken
    }
    return total / Double(max(1, count))
  }

  /// The mean loss of a step, with its gradients by the vectors.
  private func loss(
    _ chosen: [Int32], _ generator: inout SeededGenerator, users: TowerSide, items: TowerSide,
    pool: WorkerPool
  ) -> Double {
    if let candidates = sampler?.draw(chosen, of: interactions.byUser, &generator) {
      items.forward(candidates.items, pool: pool)
      return sampled.compute(
        users: users.pass.output, vectors: items.pass.output, candidates,
        userGradient: users.pass.outputGradient, candidateGradient: items.pass.outputGradient,
        pool: pool)
    }
    var positives = Positives()
    for user in chosen {
      positives.places += interactions.byUser[Int(user)].map { placeOf[Int($0)] }
      positives.offsets.append(positives.places.count)
    }
    items.forward(takenItems, pool: pool)
    return exact.compute(
      users: users.pass.output, candidates: items.pass.output, positives: positives,
      userGradient: users.pass.outputGradient, candidateGradient: items.pass.outputGradient,
      pool: pool)
  }
}

// All trials so far, with the orders that samplers need kept up to date, so that asking for the
// next trial sorts nothing.

/// The trials of a study, by their numbers.
public struct TrialHistory: Sendable {
  /// The space.
  public let space: SearchSpace
  /// Which values are better.
  public let direction: SearchDirection
  /// The trials.
  public private(set) var trials: [Trial] = []
  /// How many trials have been told.
  public private(set) var finishedCount = 0
  /// For each parameter the coordinate of each trial: the number, its logarithm on a log scale.
  private(set) var columns: [[Double]]
  /// For each parameter the trials by their coordinates, equal ones by their numbers.
  private(set) var orders: [[Int32]]
  /// The finished trials, best first: complete ones by their values, then pruned ones by how far
  /// they came and their values; equal ones by their numbers.
  private(set) var ranking: [Int32] = []
  /// How many trials ran to their ends.
  private(set) var completeCount = 0

  /// Creates a history without trials.
  public init(space: SearchSpace, direction: SearchDirection) {
    self.space = space
    self.direction = direction
    columns = space.parameters.map { _ in [] }
    orders = columns.map { _ in [] }
  }

  /// Adds a trial that starts.
  ///
  /// - Precondition: the point is in the space.
  mutating func start(_ point: [Double]) -> Trial {
    precondition(space.holds(point), "\(point) is not in the search space")
    let trial = Trial(number: trials.count, point: point, result: nil)
    trials.append(trial)
    for (index, parameter) in space.parameters.enumerated() {
      let coordinate = parameter.axis?.coordinate(point[index]) ?? point[index]
      let place = Self.partition(orders[index]) { columns[index][Int($0)] <= coordinate }
      columns[index].append(coordinate)
      orders[index].insert(Int32(trial.number), at: place)
    }
    return trial
  }

  /// Takes note of what came of a trial.
  ///
  /// - Precondition: the trial runs.
  mutating func finish(_ number: Int, _ result: TrialResult) {
    precondition(trials[number].result == nil, "trial \(number) was told twice")
    trials[number].result = result
    finishedCount += 1
    if result.state == .complete { completeCount += 1 }
    let key = rank(number)
    let place = Self.partition(ranking) { rank(Int($0)) < key }
    ranking.insert(Int32(number), at: place)
  }

  /// The best trial that ran to its end.
  public var best: Trial? {
    completeCount > 0 ? trials[Int(ranking[0])] : nil
  }

  /// The value of a finished trial as something to minimise.
  func loss(_ number: Int) -> Double {
    trials[number].result.map { direction.loss($0.value) } ?? .infinity
  }

  private typealias Rank = (Int, Double, Double, Int)

  private func rank(_ number: Int) -> Rank {
    guard let result = trials[number].result, result.state == .pruned else {
      return (0, 0, loss(number), number)
    }
    return (1, -(result.checkpoints.last?.progress ?? -1), loss(number), number)
  }

  /// The first place in a sorted array whose element does not fulfil a condition.
  private static func partition(_ items: [Int32], _ isBefore: (Int32) -> Bool) -> Int {
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(items[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

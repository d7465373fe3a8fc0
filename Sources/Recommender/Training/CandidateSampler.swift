// Negatives of the sampled softmax. The chance of an item grows with the square root of the number
// of its users: popular items have the largest scores, and rare ones must not be left to luck.

internal import Glibc
internal import NumericCore

/// Draws the candidates of a step where there are too many items to look at all of them.
struct CandidateSampler {
  private let takenItems: [Int32]
  /// The sums of the draws' chances up to each of the taken items; the last is 1.
  private let cumulated: [Double]
  /// For each taken item -log of the chance that a step draws it.
  private let logWeights: [Float]
  /// How often a step draws.
  private let draws: Int
  /// For each item its place among the candidates while a step is made, -1 in between.
  private var placeOf: [Int32]

  init(_ interactions: Interactions, draws: Int) {
    let taken = interactions.takenItems
    let weights = taken.map { Double(interactions.byItem[Int($0)].count).squareRoot() }
    let total = weights.reduce(0, +)
    var sum = 0.0
    cumulated = weights.map { weight in
      sum += weight / total
      return sum
    }
    logWeights = weights.map { Float(-log(Self.chance(weight: $0 / total, draws: draws))) }
    takenItems = taken
    self.draws = draws
    placeOf = [Int32](repeating: -1, count: interactions.items)
  }

  /// The chance that at least one of some draws, each with chance `weight`, takes an item.
  static func chance(weight: Double, draws: Int) -> Double {
    // log1p and expm1 keep small chances exact; no item is certain before the last draw.
    max(-expm1(Double(draws) * log1p(-min(weight, 1 - 1e-12))), 1e-12)
  }

  /// Returns the candidates of a step for some users.
  mutating func draw(
    _ users: [Int32], of byUser: SparseRows, _ generator: inout SeededGenerator
  ) -> SampledCandidates {
    var result = SampledCandidates()
    // Ascending numbers in the order of the items.
    var drawn: [Int] = []
    for _ in 0..<draws {
      let number = place(generator.uniform())
      let item = Int(takenItems[number])
      guard placeOf[item] < 0 else { continue }
      placeOf[item] = 0
      drawn.append(number)
    }
    drawn.sort()
    result.logWeights = drawn.map { logWeights[$0] }
    result.items = drawn.map { takenItems[$0] }
    var others: [Int32] = []
    for user in users {
      for item in byUser[Int(user)] where placeOf[Int(item)] < 0 {
        placeOf[Int(item)] = 0
        others.append(item)
      }
    }
    others.sort()
    result.items += others
    for (place, item) in result.items.enumerated() { placeOf[Int(item)] = Int32(place) }
    for user in users {
      for item in byUser[Int(user)] { result.places.append(placeOf[Int(item)]) }
      result.offsets.append(result.places.count)
    }
    for item in result.items { placeOf[Int(item)] = -1 }
    return result
  }

  /// The number of the taken item that a uniform number of 0 ..< 1 falls to.
  private func place(_ uniform: Double) -> Int {
    var (low, high) = (0, cumulated.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulated[middle] <= uniform { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Interactions {
  /// The items that anybody took, ascending.
  var takenItems: [Int32] {
    (0..<Int32(items)).filter { !byItem[Int($0)].isEmpty }
  }
}

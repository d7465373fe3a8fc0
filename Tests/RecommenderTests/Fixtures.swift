// Random data of any shape for the tests of this module.
import NumericCore

@testable import Recommender

/// Random numbers in `-reach ..< reach`.
func randomFloats(_ count: Int, seed: UInt64, reach: Double = 1) -> [Float] {
  let random = CounterRandom(seed: seed, stream: UInt64(count))
  return (0..<count).map { Float((2 * random.uniform(at: UInt64($0)) - 1) * reach) }
}

/// A random matrix, of unit rows where asked for.
func randomMatrix(rows: Int, columns: Int, seed: UInt64, isUnit: Bool = false) -> Matrix<Float> {
  var elements = randomFloats(rows * columns, seed: seed)
  if isUnit {
    for row in 0..<rows {
      let range = row * columns..<(row + 1) * columns
      let length = elements[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
      for place in range { elements[place] /= length }
    }
  }
  return Matrix(rows: rows, columns: columns, elements: elements)
}

/// Users of two tastes and items of two kinds: a user takes nine in ten items from the own kind.
///
/// User and item `n` are of kind `n % 2`; ratings are 1 inside a kind and -1 outside.
func twoTastes(users: Int, items: Int, each: Int, seed: UInt64) throws -> Interactions {
  var generator = SeededGenerator(seed: seed)
  var (takers, taken, ratings): ([Int32], [Int32], [Float]) = ([], [], [])
  for user in 0..<users {
    for _ in 0..<each {
      let kind = generator.uniform() < 0.9 ? user % 2 : 1 - user % 2
      let item = Int.random(in: 0..<items / 2, using: &generator) * 2 + kind
      takers.append(Int32(user))
      taken.append(Int32(item))
      ratings.append(kind == user % 2 ? 1 : -1)
    }
  }
  return try Interactions(
    users: takers, items: taken, ratings: ratings, userCount: users, itemCount: items)
}

/// A retrieval configuration that trains in a moment.
func smallConfiguration(
  _ change: (inout TwoTowerConfiguration) -> Void = { _ in }
) -> TwoTowerConfiguration {
  var configuration = TwoTowerConfiguration(preset: .retrieval)
  configuration.dimension = 8
  configuration.usersPerStep = 16
  configuration.epochs = 12
  change(&configuration)
  return configuration
}

/// The share of recommended items that are of the user's kind.
func shareOfOwnKind(_ lists: RankedItems, kind: (Int) -> Int = { $0 % 2 }) -> Double {
  var (own, all) = (0, 0)
  for query in 0..<lists.queries {
    for (item, _) in lists[query] {
      all += 1
      own += Int(item) % 2 == kind(query) ? 1 : 0
    }
  }
  return Double(own) / Double(max(1, all))
}

// Biases and factors of ratings against their normal equations, and what the search makes of tables.
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct RatingFactorsTests {
  static let pool = WorkerPool(threads: 3)

  /// Ratings from -1 to 1 of a law: biases, `strength` times a product of two factors, and noise.
  static func ratings(
    users: Int, items: Int, share: Double, strength: Double, seed: UInt64
  ) throws -> Interactions {
    var generator = SeededGenerator(seed: seed)
    let law = CounterRandom(seed: 99)
    func taste(_ side: UInt64, _ row: Int, _ column: Int) -> Double {
      2 * law.split(side).uniform(at: UInt64(row * 4 + column)) - 1
    }
    var (takers, taken, ratings): ([Int32], [Int32], [Float]) = ([], [], [])
    for user in 0..<users {
      for item in 0..<items where generator.uniform() < share {
        var rating = 0.2 * (taste(0, user, 2) + taste(1, item, 2)) + 0.1 * generator.normal()
        for column in 0..<2 {
          rating += strength * taste(0, user, column) * taste(1, item, column)
        }
        takers.append(Int32(user))
        taken.append(Int32(item))
        ratings.append(Float(min(max(rating, -1), 1)))
      }
    }
    return try Interactions(
      users: takers, items: taken, ratings: ratings, userCount: users, itemCount: items)
  }

  @Test(arguments: [1, 3, 20], [0, 0.5, 1])
  func `every row of factors and its bias solve their normal equations`(
    dimension: Int, frequencyPower: Double
  ) throws {
    // More users than are gathered at a time.
    let data = try Self.ratings(users: 300, items: 9, share: 0.9, strength: 0.5, seed: 1)
    let objective = RatingObjective(
      dimension: dimension, penalty: 0.7, frequencyPower: frequencyPower, shrinkage: 2)
    let model = try RatingFactors.fit(data, objective, seed: 1, pool: Self.pool)
    let width = dimension + 1
    // The items were solved last, given the users.
    for item in 0..<data.items {
      var matrix = [[Double]](repeating: [Double](repeating: 0, count: width), count: width)
      var rightSide = [Double](repeating: 0, count: width)
      let places = data.byItem.offsets[item]..<data.byItem.offsets[item + 1]
      for place in places {
        let row = model.users.row(Int(data.byItem.indices[place])).map(Double.init)
        let inputs = row.dropLast() + [1]
        let rating = Double(data.byItem.values?[place] ?? 0) - model.mean - row[dimension]
        for i in 0..<width {
          for j in 0..<width { matrix[i][j] += inputs[i] * inputs[j] }
          rightSide[i] += rating * inputs[i]
        }
      }
      let count = Double(places.count)
      let weight = [0: 1, 0.5: count.squareRoot(), 1: count][frequencyPower] ?? .nan
      for i in 0..<dimension { matrix[i][i] += 0.7 * weight }
      matrix[dimension][dimension] += 2
      for (found, expected) in zip(model.items.row(item), BaselineTests.solve(matrix, rightSide)) {
        #expect(abs(Double(found) - expected) < 1e-4)
      }
    }
  }

  @Test func `the result is the same for any number of threads`() throws {
    let data = try Self.ratings(users: 50, items: 40, share: 0.5, strength: 0.5, seed: 2)
    let one = try RatingFactors.fit(data, seed: 3, pool: WorkerPool(threads: 1))
    for threads in 2...4 {
      #expect(try RatingFactors.fit(data, seed: 3, pool: WorkerPool(threads: threads)) == one)
    }
  }

  @Test func `factors predict ratings of tastes better than biases`() throws {
    let data = try Self.ratings(users: 120, items: 80, share: 0.4, strength: 0.6, seed: 4)
    let held = try Self.ratings(users: 120, items: 80, share: 0.1, strength: 0.6, seed: 5)
    let factors = try RatingFactors.fit(data, seed: 1, pool: Self.pool).error(held)
    let biases = try RatingBias(data).errors(held).bias
    // The noise alone is 0.1.
    #expect(factors < 0.14 && biases > 0.25)
  }

  @Test func `without tastes factors are about as good as biases`() throws {
    let data = try Self.ratings(users: 80, items: 60, share: 0.2, strength: 0, seed: 6)
    let held = try Self.ratings(users: 80, items: 60, share: 0.1, strength: 0, seed: 7)
    let factors = try RatingFactors.fit(data, seed: 1, pool: Self.pool).error(held)
    #expect(try factors < RatingBias(data).errors(held).bias * 1.05)
  }

  @Test func `predictions stay between the ratings that occur`() throws {
    let data = try Self.ratings(users: 30, items: 20, share: 0.5, strength: 1, seed: 8)
    let objective = RatingObjective(dimension: 4, penalty: 0.01, frequencyPower: 0)
    let model = try RatingFactors.fit(data, objective, seed: 1, pool: Self.pool)
    let values = try #require(data.byUser.values)
    for user in 0..<30 {
      for item in 0..<20 {
        let rating = model.rating(user: user, item: item)
        #expect(rating >= Double(values.min() ?? 0) && rating <= Double(values.max() ?? 0))
      }
    }
  }

  @Test func `one rating, strangers, equal ratings and none at all`() throws {
    let single = try Interactions(
      users: [0], items: [0], ratings: [4], userCount: 2, itemCount: 2)
    let model = try RatingFactors.fit(single, seed: 1, pool: Self.pool)
    #expect(model.rating(user: 0, item: 0) == 4 && model.rating(user: 1, item: 1) == 4)
    #expect(model.users.row(1).allSatisfy { $0 == 0 })
    #expect(model.items.row(1).allSatisfy { $0 == 0 })
    let users = (0..<40).map { Int32($0 / 4) }
    let items = (0..<40).map { Int32($0 % 4) }
    let equal = try Interactions(
      users: users, items: items, ratings: [Float](repeating: 0.5, count: 40), userCount: 10,
      itemCount: 4)
    #expect(try RatingFactors.fit(equal, seed: 1, pool: Self.pool).error(equal) < 1e-6)
    let unrated = try Interactions(users: [0], items: [0], userCount: 1, itemCount: 1)
    #expect(throws: RecommenderError.noRatings) {
      try RatingFactors.fit(unrated, seed: 1, pool: Self.pool)
    }
    let empty = try Interactions(users: [], items: [], ratings: [], userCount: 2, itemCount: 2)
    #expect(throws: RecommenderError.noInteractions) {
      try RatingFactors.fit(empty, seed: 1, pool: Self.pool)
    }
    #expect(throws: RecommenderError.noInteractions) { try model.error(empty) }
  }
}

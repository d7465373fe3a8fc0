// Ratings by biases and factors, found by alternating least squares:
//   sum over ratings (r - mean - b_u - b_i - u.i)^2
//     + sum over rows (l n^v |vector|^2 + s b^2)
// where n counts a row's ratings. With one side fixed, vector and bias of each row of the other have
// a closed form. Zhou, Wilkinson, Schreiber, Pan, "Large-scale parallel collaborative filtering for
// the Netflix Prize", 2008, doi:10.1007/978-3-540-68880-8_32, has the penalty that grows with n;
// the biases are those of Koren, Bell, Volinsky, 2009, doi:10.1109/MC.2009.263.

public import NumericCore

/// Predicts a rating by mean, biases, and the inner product of a user's and an item's factors.
public struct RatingFactors: Sendable, Equatable {
  /// How often each side is solved.
  static let iterations = 12

  /// The mean of all ratings.
  public let mean: Double
  /// The least and the most a rating of the training is; predictions stay between them.
  public let scale: ClosedRange<Double>
  /// The factors of each user and, in the last column, the bias.
  public let users: Matrix<Float>
  /// The factors of each item and, in the last column, the bias.
  public let items: Matrix<Float>

  /// The width of the factors.
  public var dimension: Int { users.columns - 1 }

  /// Finds dimension and penalty on a part of the ratings, and the factors on all of them; the
  /// result depends on data and seed, not on the pool.
  ///
  /// - Throws: `RecommenderError`.
  public static func fit(
    _ interactions: Interactions, seed: UInt64, pool: WorkerPool
  ) throws -> RatingFactors {
    let objective = try RatingObjective.found(for: interactions, seed: seed, pool: pool)
    return try fit(interactions, objective, seed: seed, pool: pool)
  }

  /// Finds the factors for an objective.
  ///
  /// - Throws: `RecommenderError`.
  static func fit(
    _ interactions: Interactions, _ objective: RatingObjective, seed: UInt64, pool: WorkerPool
  ) throws -> RatingFactors {
    let bias = try RatingBias(interactions, shrinkage: objective.shrinkage)
    guard let ratings = interactions.byUser.values, let least = ratings.min(),
      let most = ratings.max()
    else { throw RecommenderError.noRatings }
    let width = objective.dimension + 1
    let users = AlignedBuffer<Float>(count: interactions.users * width)
    let items = AlignedBuffer<Float>(count: interactions.items * width)
    var generator = SeededGenerator(seed: seed)
    let deviation = 0.1 / Double(width).squareRoot()
    for item in 0..<interactions.items {
      for column in 0..<objective.dimension {
        items.base[item * width + column] = Float(deviation * generator.normal())
      }
      items.base[item * width + objective.dimension] = Float(bias.items[item])
    }
    let solver = RatingSolver(objective, mean: Float(bias.mean), pool: pool)
    let userBlock = MatrixBlock(users.base, rows: interactions.users, columns: width)
    let itemBlock = MatrixBlock(items.base, rows: interactions.items, columns: width)
    for _ in 0..<iterations {
      try solver.solve(userBlock, from: itemBlock, interactions.byUser)
      try solver.solve(itemBlock, from: userBlock, interactions.byItem)
    }
    return RatingFactors(
      mean: bias.mean, scale: Double(least)...Double(most),
      users: Matrix(rows: interactions.users, columns: width, elements: Array(users.elements)),
      items: Matrix(rows: interactions.items, columns: width, elements: Array(items.elements)))
  }

  /// The predicted rating of an item by a user.
  public func rating(user: Int, item: Int) -> Double {
    var sum = mean
    let (left, right) = (user * users.columns, item * items.columns)
    for column in 0..<dimension {
      sum += Double(users.elements[left + column]) * Double(items.elements[right + column])
    }
    sum += Double(users.elements[left + dimension]) + Double(items.elements[right + dimension])
    return min(max(sum, scale.lowerBound), scale.upperBound)
  }

  /// The squared errors of the predictions, user after user.
  ///
  /// - Throws: `RecommenderError.noInteractions` and `noRatings`.
  func squaredErrors(_ test: Interactions) throws -> [Double] {
    precondition(test.users == users.rows && test.items == items.rows)
    guard test.count > 0 else { throw RecommenderError.noInteractions }
    guard let ratings = test.byUser.values else { throw RecommenderError.noRatings }
    var squares: [Double] = []
    squares.reserveCapacity(test.count)
    for user in 0..<test.users {
      for place in test.byUser.offsets[user]..<test.byUser.offsets[user + 1] {
        let item = Int(test.byUser.indices[place])
        let difference = rating(user: user, item: item) - Double(ratings[place])
        squares.append(difference * difference)
      }
    }
    return squares
  }

  /// The root mean squared error of the predictions for ratings of the training's users and items.
  ///
  /// - Throws: `RecommenderError.noInteractions` and `noRatings`.
  public func error(_ test: Interactions) throws -> Double {
    let squares = try squaredErrors(test)
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }
}

// The squared error of ratings: L = (1 / n) sum (u . i - rating)^2 over the ratings of a step.

internal import CKernels
internal import NumericCore

/// The loss of ratings.
enum RatingError {
  /// The ratings whose errors one thread computes at a time.
  private static let block = 256

  /// Computes the loss of a step and its gradients by the vectors.
  ///
  /// The gradient of an entity is summed over its ratings in the order of the step.
  ///
  /// - Returns: the sum of the squared errors.
  static func compute(
    users: MatrixBlock, items: MatrixBlock, userPlaces: [Int32], itemPlaces: [Int32],
    ratings: [Float], userGradient: MatrixBlock, itemGradient: MatrixBlock, pool: WorkerPool
  ) -> Double {
    let width = users.columns
    let differences = AlignedBuffer<Float>(count: ratings.count)
    pool.forEachRange(count: ratings.count, grain: block) { range, _ in
      for number in range {
        mlk_dot_rows(
          users.base + Int(userPlaces[number]) * width, 1, width,
          items.base + Int(itemPlaces[number]) * width, differences.base + number)
        differences.base[number] -= ratings[number]
      }
    }
    let factor = 2 / Float(ratings.count)
    func add(_ gradient: MatrixBlock, _ places: [Int32], _ others: MatrixBlock, _ from: [Int32]) {
      gradient.base.update(repeating: 0, count: gradient.rows * width)
      for number in 0..<ratings.count {
        mlk_axpy(
          factor * differences.base[number], others.base + Int(from[number]) * width,
          gradient.base + Int(places[number]) * width, width)
      }
    }
    pool.forEach(count: 2) { side, _ in
      if side == 0 {
        add(userGradient, userPlaces, items, itemPlaces)
      } else {
        add(itemGradient, itemPlaces, users, userPlaces)
      }
    }
    return differences.elements.reduce(0.0) { $0 + Double($1) * Double($1) }
  }

  /// The root mean squared error of the vectors of all users and items for some ratings of theirs.
  static func rootMeanSquare(
    _ users: MatrixBlock, _ items: MatrixBlock, _ rated: Interactions
  ) -> Double {
    guard let ratings = rated.byUser.values, !ratings.isEmpty else { return .nan }
    let width = users.columns
    var sum = 0.0
    for user in 0..<rated.users {
      for place in rated.byUser.offsets[user]..<rated.byUser.offsets[user + 1] {
        let item = Int(rated.byUser.indices[place])
        var score: Float = 0
        for column in 0..<width {
          score += users.base[user * width + column] * items.base[item * width + column]
        }
        let difference = Double(score - ratings[place])
        sum += difference * difference
      }
    }
    return (sum / Double(ratings.count)).squareRoot()
  }
}

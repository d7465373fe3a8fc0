// The squared error of ratings: L = (1 / n) sum (u . i - rating)^2 over the ratings of a step.

internal import CKernels
internal import NumericCore

/// The loss of ratings.
enum RatingError {
  /// Computes the loss of a step and its gradients by the vectors.
  ///
  /// - Returns: the sum of the squared errors.
  static func compute(
    users: MatrixBlock, items: MatrixBlock, userPlaces: [Int32], itemPlaces: [Int32],
    ratings: [Float], userGradient: MatrixBlock, itemGradient: MatrixBlock
  ) -> Double {
    let width = users.columns
    userGradient.base.update(repeating: 0, count: users.rows * width)
    itemGradient.base.update(repeating: 0, count: items.rows * width)
    var sum = 0.0
    for (number, rating) in ratings.enumerated() {
      let user = Int(userPlaces[number]) * width
      let item = Int(itemPlaces[number]) * width
      var score: Float = 0
      for column in 0..<width { score += users.base[user + column] * items.base[item + column] }
      let difference = score - rating
      sum += Double(difference) * Double(difference)
      let factor = 2 * difference / Float(ratings.count)
      mlk_axpy(factor, items.base + item, userGradient.base + user, width)
      mlk_axpy(factor, users.base + user, itemGradient.base + item, width)
    }
    return sum
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

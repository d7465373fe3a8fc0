// What can be said of a rating without knowing who likes what: the mean, and how far users and
// items differ from it.

/// Predicts a rating by the mean of all, plus the user's and the item's usual difference from it.
public struct RatingBias: Sendable, Equatable {
  /// The mean of all ratings.
  public let mean: Double
  /// What is added for each user; 0 for one without ratings.
  public let users: [Double]
  /// What is added for each item; 0 for one without ratings.
  public let items: [Double]

  /// Finds mean and differences by alternating between users and items.
  ///
  /// - Parameters:
  ///   - shrinkage: pulls the differences of users and items with few ratings to 0, as that many
  ///     ratings at the mean would; 0 or more.
  ///   - rounds: how often users and items are gone through.
  /// - Throws: `RecommenderError`.
  public init(_ interactions: Interactions, shrinkage: Double = 5, rounds: Int = 10) throws {
    guard interactions.count > 0 else { throw RecommenderError.noInteractions }
    guard let ratings = interactions.byUser.values else { throw RecommenderError.noRatings }
    precondition(shrinkage >= 0 && rounds >= 0)
    let mean = ratings.reduce(0.0) { $0 + Double($1) } / Double(ratings.count)
    var users = [Double](repeating: 0, count: interactions.users)
    var items = [Double](repeating: 0, count: interactions.items)
    for _ in 0..<rounds {
      users = Self.differences(interactions.byUser, mean: mean, others: items, shrinkage)
      items = Self.differences(interactions.byItem, mean: mean, others: users, shrinkage)
    }
    self.mean = mean
    self.users = users
    self.items = items
  }

  /// The mean difference of each row's ratings from what the others' differences say.
  private static func differences(
    _ rows: SparseRows, mean: Double, others: [Double], _ shrinkage: Double
  ) -> [Double] {
    (0..<rows.rows).map { row in
      var sum = 0.0
      for place in rows.offsets[row]..<rows.offsets[row + 1] {
        sum += Double(rows.values?[place] ?? 0) - mean - others[Int(rows.indices[place])]
      }
      let weight = Double(rows.offsets[row + 1] - rows.offsets[row]) + shrinkage
      return weight > 0 ? sum / weight : 0
    }
  }

  /// The predicted rating of an item by a user.
  public func rating(user: Int, item: Int) -> Double { mean + users[user] + items[item] }

  /// The root mean squared error of the predictions, and that of the mean alone.
  ///
  /// - Throws: `RecommenderError`.
  public func errors(_ test: Interactions) throws -> (bias: Double, mean: Double) {
    guard test.count > 0 else { throw RecommenderError.noInteractions }
    guard let ratings = test.byUser.values else { throw RecommenderError.noRatings }
    var sums = (bias: 0.0, mean: 0.0)
    for user in 0..<test.users {
      for place in test.byUser.offsets[user]..<test.byUser.offsets[user + 1] {
        let found = Double(ratings[place])
        let biased = rating(user: user, item: Int(test.byUser.indices[place])) - found
        sums.bias += biased * biased
        sums.mean += (mean - found) * (mean - found)
      }
    }
    let count = Double(test.count)
    return ((sums.bias / count).squareRoot(), (sums.mean / count).squareRoot())
  }
}

// How often users took two items both, where a user may count less than once.

internal import Glibc
internal import NumericCore

/// Rows of the weighted co-occurrences of items, made one at a time.
struct CoOccurrences {
  /// The most items of a user who counts: more say little of each pair, and cost the square.
  private static let longestHistory = 20_000

  private let interactions: Interactions
  /// What each user counts.
  private let userWeights: [Float]

  /// Counts a user with `n` items as `n` to the power of `-exponent`.
  init(_ interactions: Interactions, userExponent exponent: Double) {
    self.interactions = interactions
    userWeights = (0..<interactions.users).map {
      let count = interactions.byUser[$0].count
      return count > Self.longestHistory ? 0 : Float(pow(Double(max(1, count)), -exponent))
    }
  }

  /// Sums up what the users of an item count, for each item that they took.
  func add(_ item: Int, to sums: SparseAccumulator) {
    sums.clear()
    let byUser = interactions.byUser
    byUser.indices.withUnsafeBufferPointer { taken in
      for user in interactions.byItem[item] where userWeights[Int(user)] > 0 {
        let places = byUser.offsets[Int(user)]..<byUser.offsets[Int(user) + 1]
        sums.add(userWeights[Int(user)], to: UnsafeBufferPointer(rebasing: taken[places]))
      }
    }
  }
}

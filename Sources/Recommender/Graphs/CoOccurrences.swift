// How often users took two items both, where a user may count less than once.

internal import Glibc
internal import NumericCore

/// Rows of the weighted co-occurrences of items, made one at a time.
struct CoOccurrences {
  private let interactions: Interactions
  /// What each user counts.
  private let userWeights: [Float]

  /// Counts a user with `n` items as `n` to the power of `-exponent`.
  init(_ interactions: Interactions, userExponent exponent: Double) {
    self.interactions = interactions
    userWeights = (0..<interactions.users).map {
      Float(pow(Double(max(1, interactions.byUser[$0].count)), -exponent))
    }
  }

  /// Sums up what users counts who took an item and others, the item itself included.
  func add(_ item: Int, to sums: SparseAccumulator) {
    sums.clear()
    let byUser = interactions.byUser
    byUser.indices.withUnsafeBufferPointer { taken in
      for user in interactions.byItem[item] {
        let places = byUser.offsets[Int(user)]..<byUser.offsets[Int(user) + 1]
        sums.add(userWeights[Int(user)], to: UnsafeBufferPointer(rebasing: taken[places]))
      }
    }
  }
}

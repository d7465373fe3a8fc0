// The lists by which training is judged after each epoch. On a large table the lists of all users
// cost more than the epoch, so that some users judge, the same ones after each epoch.

internal import Evaluation
internal import NumericCore

/// Users with validation items, and what their lists are compared with.
struct ValidationLists {
  /// The most scores of users and items for one judgement, and the least users who judge.
  private static let mostScores = 128 << 20
  private static let leastUsers = 1_000

  /// The users who judge, ascending.
  let users: [Int]
  /// What these users took in training; one row for each.
  private let taken: SparseRows
  /// What their lists should hold.
  private let relevant: SparseRows
  private let k: Int

  /// - Parameter most: the most users who judge; nil for a number that fits the table.
  init(
    _ validation: Interactions, taken: SparseRows, k: Int, most: Int? = nil, random: CounterRandom
  ) {
    let most = most ?? max(Self.leastUsers, Self.mostScores / max(1, validation.items))
    var able = (0..<validation.users).filter { !validation.byUser[$0].isEmpty }
    if able.count > most {
      var generator = SeededGenerator(random)
      able = able.shuffled(using: &generator).prefix(most).sorted()
    }
    users = able
    self.taken = taken.rows(able)
    relevant = validation.byUser.rows(able)
    self.k = k
  }

  /// The NDCG of the lists that the vectors of all users and items give to the users who judge.
  func ndcg(_ userVectors: MatrixBlock, _ itemVectors: MatrixBlock, pool: WorkerPool) -> Double {
    let width = userVectors.columns
    let chosen = AlignedBuffer<Float>(count: users.count * width)
    for (place, user) in users.enumerated() {
      (chosen.base + place * width).update(
        from: userVectors.base + user * userVectors.stride, count: width)
    }
    let lists = ExactIndex.search(
      MatrixBlock(chosen.base, rows: users.count, columns: width), itemVectors, k: k,
      excluding: taken, pool: pool)
    return lists.metrics(relevant: relevant, items: itemVectors.rows).ndcg
  }
}

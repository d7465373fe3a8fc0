// The answer for users of whom the model knows nothing: what most users took.
import NumericCore
import Recommender

extension RecommenderModel {
  /// The items that most users took, best first, chosen as any other list; those that nobody took
  /// are left out.
  ///
  /// The score is the share of the model's users that took the item.
  func popularItems(
    _ k: Int, among choice: ItemChoice, pool: WorkerPool
  ) -> [(item: Int32, score: Float)] {
    let counts = itemCounts
    let order = (choice.allowed ?? Array(0..<Int32(items.count))).filter { counts[Int($0)] > 0 }
      .sorted { (counts[Int($1)], $0) < (counts[Int($0)], $1) }
    guard !order.isEmpty else { return [] }
    let scores = order.map { Float(counts[Int($0)]) / Float(users.count) }
    let list = choice.selection.lists(
      queries: 1, k: min(k, order.count), vectors: itemVectors, pool: pool
    ) {
      _, length in
      RankedItems(best: order, scores: scores, k: length)
    }
    return list[0]
  }
}

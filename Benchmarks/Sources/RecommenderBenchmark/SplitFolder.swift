// The interactions of a benchmark: three files whose lines are `user item item ...`, or all of them
// `user item 1`.

import Evaluation
import Foundation
import NumericCore
import Recommender

/// What to train on, what to stop by, and what to judge by; the same users and items in each.
struct SplitFolder {
  let train: Interactions
  let valid: Interactions
  let test: Interactions

  init(_ path: String) throws {
    let parts = try ["train", "valid", "test"].map { name in
      try Self.pairs(of: URL(filePath: path).appending(path: "\(name).txt"))
    }
    let users = 1 + (parts.compactMap { $0.users.max() }.max() ?? -1)
    let items = 1 + (parts.compactMap { $0.items.max() }.max() ?? -1)
    let made = try parts.map {
      try Interactions(
        users: $0.users, items: $0.items, userCount: Int(users), itemCount: Int(items))
    }
    (train, valid, test) = (made[0], made[1], made[2])
  }

  private static func pairs(of file: URL) throws -> (users: [Int32], items: [Int32]) {
    let lines = try String(contentsOf: file, encoding: .utf8).utf8.split(separator: 10).map {
      $0.split(separator: 32).compactMap { Int32(Substring($0)) }
    }
    let arePairs = lines.allSatisfy { $0.count == 3 && $0[2] == 1 }
    var (users, items): ([Int32], [Int32]) = ([], [])
    for numbers in lines {
      guard let user = numbers.first else { continue }
      let taken = arePairs ? numbers[1...1] : numbers[1...]
      items += taken
      users += Array(repeating: user, count: taken.count)
    }
    return (users, items)
  }

  /// Judges the lists of a graph of items.
  func judged(_ graph: ItemGraph, pool: WorkerPool) throws -> [String: Any] {
    try judged(graph.recommend(train.byUser, k: 20, excluding: train.byUser, pool: pool))
  }

  /// Judges lists of 20 items, made without what was taken in training.
  func judged(_ lists: RankedItems) -> [String: Any] {
    let metrics = lists.metrics(relevant: test.byUser, items: test.items)
    return ["ndcg": metrics.ndcg, "recall": metrics.recall]
  }
}

// A made-up shop of four tastes, dropped file by file, for the tests of the recommender's loop.
import Foundation
import LoopContract
import ModelFormats
import NumericCore
import Storage
import TestSupport

@testable import LearningTasks
@testable import Recommendation

/// Files of interactions, and the steps of a loop over them.
final class TasteShop {
  static let items = 60
  static let tastes = 4

  let folder: TemporaryFolder
  private var count = 0

  init() throws { folder = try TemporaryFolder() }

  /// Pairs of users and items: most of a user's items are of the user's taste.
  static func pairs(_ users: Range<Int>, each: Int = 12, seed: UInt64 = 1) -> [(Int, Int)] {
    users.flatMap { user in
      var random = SeededGenerator(seed: seed, stream: UInt64(user))
      return (0..<each).map { _ in
        let item = Int.random(in: 0..<items, using: &random)
        let isOwn = Double.random(in: 0..<1, using: &random) < 0.85
        return (user, isOwn ? item / tastes * tastes + user % tastes : item)
      }
    }
  }

  /// Pairs whose items were exchanged among the users.
  static func exchanged(_ pairs: [(Int, Int)], seed: UInt64 = 9) -> [(Int, Int)] {
    var random = SeededGenerator(seed: seed)
    return Array(zip(pairs.map(\.0), pairs.map(\.1).shuffled(using: &random)))
  }

  static func text(_ pairs: [(Int, Int)]) -> String {
    "user,item\n" + pairs.map { "u\($0),i\($1)\n" }.joined()
  }

  /// Ratings that follow tastes, with what is known of users and items beside them.
  static func rated(_ pairs: [(Int, Int)]) -> String {
    "user,item,rating,city,productLine\n"
      + pairs.map { user, item in
        let isOwn = user % tastes == item % tastes
        let rating = isOwn ? 4 + (user + item) / 4 % 2 : 1 + (user * 3 + item) / 4 % 2
        return "u\(user),i\(item),\(rating),c\(user % tastes),l\(item % tastes)\n"
      }.joined()
  }

  /// Drops a file, which is younger than those before.
  func drop(_ name: String, _ text: String) throws -> StepFile {
    count += 1
    let stored = "object-\(count).csv"
    try folder.write(Array(text.utf8), to: stored)
    return StepFile(path: folder.appending(stored), name: name, sha256: "\(1_000 - count)")
  }

  /// The steps, with towers that are trained in a moment.
  func loop(
    threads: Int = 2, _ change: (inout RecommenderLoopConfiguration) -> Void = { _ in }
  ) -> RecommenderLoop {
    var configuration = RecommenderLoopConfiguration()
    configuration.recommender.judging.k = 5
    configuration.recommender.model.dimension = 8
    configuration.recommender.model.epochs = 12
    configuration.gate.margin = 0.1
    configuration.listLength = 4
    change(&configuration)
    return RecommenderLoop(configuration, context: RunContext(pool: WorkerPool(threads: threads)))
  }

  /// Trains on files into a folder of a name, and returns that and the folder of tables.
  func train(
    _ loop: RecommenderLoop, _ files: [StepFile], as name: String, champion: String? = nil
  ) throws -> (candidate: String, work: String, training: TrainedCandidate) {
    let (candidate, work) = (folder.appending(name), folder.appending("\(name)-work"))
    for path in [candidate, work] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    let training = try loop.train(
      TrainingRequest(
        files: files, candidate: candidate, work: work, champion: champion,
        unfinished: folder.appending("study")))
    return (candidate, work, training)
  }
}

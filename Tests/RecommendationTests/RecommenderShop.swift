// A made-up shop of two tastes for the tests of the recommender, and what a training says.
import Foundation
import NumericCore
import Storage
import TestSupport
import Testing

@testable import LearningTasks
@testable import Recommendation

/// A folder with a table of ratings: users and items of two kinds, and ratings that follow them.
final class RecommenderShop {
  static let users = 24
  static let items = 12

  let folder: TemporaryFolder
  let messages = Messages()

  init() throws { folder = try TemporaryFolder() }

  /// Where a training runs, with everything that it says in `messages`.
  var context: RunContext {
    let messages = messages
    return RunContext(pool: WorkerPool(threads: 2), progress: { messages.add($0) })
  }

  static let header = "user,item,rating,country,credit,line,time\n"

  /// A row of a user of kind `user % 2` and an item of kind `item % 2`.
  static func row(_ user: Int, _ item: Int, rating: Int? = nil, time: Int = 0) -> String {
    let stars = rating ?? (user % 2 == item % 2 ? 4 + (user + item) / 2 % 2 : 1 + item / 2 % 2)
    let country = ["France", "Chile"][user % 2]
    return
      "u\(user),i\(item),\(stars),\(country),\(user * 100),\(["toys", "books"][item % 2]),\(time)\n"
  }

  /// Most pairs of a kind, some across; those that are left out are for tests.
  static func isInTraining(_ user: Int, _ item: Int) -> Bool {
    (user * 5 + item * 3) % 7 < (user % 2 == item % 2 ? 5 : 2)
  }

  /// Rows of the training data, or of all others of the same kinds.
  static func rows(training: Bool = true) -> String {
    var text = ""
    for user in 0..<users {
      for item in 0..<items where isInTraining(user, item) == training {
        if training || user % 2 == item % 2 { text += row(user, item) }
      }
    }
    return text
  }

  /// Writes a file and returns its path.
  func file(_ name: String, _ text: String) throws -> String {
    try folder.write(Array(text.utf8), to: name)
    return folder.appending(name)
  }

  /// A configuration that trains in a moment.
  func configuration(
    _ data: String, _ change: (inout RecommenderConfiguration) -> Void = { _ in }
  ) -> RecommenderConfiguration {
    var configuration = RecommenderConfiguration()
    configuration.data.path = data
    configuration.data.userFeatures = ["country,credit"]
    configuration.data.itemFeatures = ["line"]
    configuration.judging.k = 3
    configuration.judging.baselines = ["popularity"]
    configuration.model.epochs = 4
    configuration.model.hidden = ["8"]
    configuration.model.dimension = 4
    change(&configuration)
    return configuration
  }

  /// Trains on the ratings, or on another file, and returns the folder and the report.
  @discardableResult
  func train(
    _ data: String? = nil, out: String = "model",
    _ change: (inout RecommenderConfiguration) -> Void = { _ in }
  ) throws -> (model: String, report: RecommenderReport) {
    let data = try data ?? file("ratings.csv", Self.header + Self.rows())
    let path = folder.appending(out)
    let report = try RecommenderTask.train(
      configuration(data, change), into: RunFolder(target: path, force: true), shownAs: path,
      context: context)
    return (path, report)
  }

  /// Reads a table as a training does.
  func reading(
    _ data: String, _ change: (inout RecommenderConfiguration) -> Void = { _ in }
  ) throws -> RecommenderData {
    try RecommenderData.reading(configuration(data, change), context: context)
  }
}

/// Keeps what a task says.
final class Messages: @unchecked Sendable {
  // Unchecked: tasks call from the thread that runs them.
  private(set) var warnings: [String] = []
  private(set) var phases: [String] = []

  func add(_ event: ProgressEvent) {
    switch event {
    case .warning(.text(let text)): warnings.append(text)
    case .phase(let name): phases.append(name)
    case .note, .doubtfulKind, .unseenCategories, .warning, .round, .trial: break
    }
  }
}

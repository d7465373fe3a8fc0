// `mlcore recommend` and `mlcore similar`: questions to a trained recommender.
import ArgumentParser
import LearningTasks
import Recommendation
import Storage

/// Recommends items to a user.
struct Recommend: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend",
    abstract: "Recommend items to a user, known by id or new.",
    discussion: #"Prints [{"id": ..., "score": ...}], best first."#)

  @Option(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var model: String
  @Option(help: ArgumentHelp("A user of the training data.", valueName: "id"))
  var user: String?
  @Option(
    help: ArgumentHelp(
      #"The features of a new user, such as '{"country": "France"}'."#, valueName: "json"))
  var userFeatures: String?
  @Option(name: .customLong("k"), help: ArgumentHelp("How many items.", valueName: "n"))
  var count = 10
  @Flag(help: "Recommend also items that the user has taken already.")
  var includeSeen = false
  @Option(
    help: ArgumentHelp(
      "Search the vectors in this database: postgresql://USER@HOST:PORT/DATABASE.",
      valueName: "uri"))
  var dsn: String?
  @Flag(help: "Accepted as by other verbs; the answer is always one JSON document.")
  var json = false
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let predictor = try RecommenderPredictor(folder: model, pool: try threads.makePool())
    let query = RecommendationQuery(
      try asked(), k: try checked(count), includesSeen: includeSeen)
    let items = try dsn.map { try predictor.predict(query, dsn: $0) } ?? predictor.predict(query)
    try Terminal.output.write(try JSONDocument.text(of: items))
  }

  private func asked() throws -> RecommendationQuery.User {
    switch (user, userFeatures) {
    case (let user?, nil): return .user(user)
    case (nil, let text?): return .features(try features(text))
    default:
      throw CommandLineError(
        facts: (user == nil
          ? "neither --user nor --user-features was given"
          : "both --user and --user-features were given") + ", expected one of them",
        advice: "give --user ID for a known user, or --user-features JSON for a new one",
        code: .usage)
    }
  }

  private func features(_ text: String) throws -> [String: FeatureValue] {
    let refused = CommandLineError(
      facts: "--user-features is '\(text.oneLine)', expected a JSON object of texts and numbers",
      advice: #"write for example '{"city": "Nantes", "country": "France", "creditlimit": 20000}'"#,
      code: .usage)
    guard
      let values = try? CheckedJSON.value(
        [String: FeatureValue?].self, from: text.utf8, file: "--user-features")
    else { throw refused }
    return values.compactMapValues { $0 }
  }
}

/// Finds items like an item.
struct Similar: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similar",
    abstract: "Find the items most like an item.",
    discussion: #"Prints [{"id": ..., "distance": ...}], nearest first, without the item itself."#)

  @Option(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var model: String
  @Option(help: ArgumentHelp("An item of the training data.", valueName: "id"))
  var item: String
  @Option(name: .customLong("k"), help: ArgumentHelp("How many items.", valueName: "n"))
  var count = 5
  @Option(
    help: ArgumentHelp(
      "Search the vectors in this database: postgresql://USER@HOST:PORT/DATABASE.",
      valueName: "uri"))
  var dsn: String?
  @Flag(help: "Accepted as by other verbs; the answer is always one JSON document.")
  var json = false
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let predictor = try RecommenderPredictor(folder: model, pool: try threads.makePool())
    let k = try checked(count)
    let items =
      try dsn.map { try predictor.similar(to: item, k: k, dsn: $0) }
      ?? predictor.similar(to: item, k: k)
    try Terminal.output.write(try JSONDocument.text(of: items))
  }
}

/// - Throws: `CommandLineError` unless the count is 1 or more.
private func checked(_ count: Int) throws -> Int {
  guard count >= 1 else {
    throw CommandLineError(
      facts: "--k is \(count), expected a whole number of at least 1",
      advice: "give the number of items that you want", code: .usage)
  }
  return count
}
